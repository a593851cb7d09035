"""A wrong or swapped character never turns a code into another one: exhaustively for a few, by chance for many.

What a check character protects is the number itself. Four things no check in the code can notice, so they are
shown here as they are and left to the step that uses the code, which looks the thing up by what it read:
- a donation number whose flags are not 60 to 96 carries no check character in its bar code, only in its text;
- a wrong character that makes flags of 60 to 96 into flags below 60, since those claim no check;
- the print number behind one of our own codes, which says which copy of the label it is, not which thing;
- two neighbouring digits of a GS1 number that differ by five, which its modulo 10 does not see.

The seeded run has 50,000 mutations; `VEINLINE_MUTATIONS=1000000` is the nightly size.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.gs1 import Gs1Code
from app.domain.identifiers import GLYPHS, Kind, check_character, check_value, make_code
from app.domain.isbt128 import AdapterSettings, IsbtElement, IsbtMessage, element_of
from app.domain.scan import OwnCode, Parsed, ScanSettings, parse
from app.domain.scan_refusal import ScanRefusal

MUTATIONS = int(os.environ.get("VEINLINE_MUTATIONS", "50000"))
SEED = 20261124
PRINTABLE = "".join(map(chr, range(32, 127)))
CODE_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
DIGITS = "0123456789"
ON = ScanSettings(isbt128=AdapterSettings(own_facility="A9999"))
TYPED = ScanSettings(isbt128=AdapterSettings(own_facility="A9999"), is_typed=True)
WRISTBAND = "]d28018"


@dataclass(frozen=True, slots=True)
class Family:
    """One sort of code: how one is made, what may stand in it, and what it says when it is read as this sort.

    `number` is the answer's number as far as a check protects it, None where it claims none. The first `fixed`
    characters are no part of the code.
    """

    make: Callable[[Random], str]
    settings: ScanSettings
    signs: str
    number: Callable[[Parsed], str | None]
    fixed: int = 0


def own(random: Random) -> str:
    site = random.choice(GLYPHS) + random.choice(GLYPHS) + random.choice(GLYPHS[10:])
    while True:
        code = make_code(random.choice(list(Kind)), site, random.randint(2000, 2099), random.randint(1, 999_999))
        if code is not None:
            return code


def din(random: Random) -> str:
    return f"A999{random.randint(0, 9)}{random.randint(0, 99_999_999):08d}"


def checked_din(random: Random) -> str:
    number = din(random)
    return f"={number}{60 + check_value(number)}"


def typed_din(random: Random) -> str:
    number = din(random)
    return number + check_character(number)


def typed_coi(random: Random) -> str:
    number = f"CHA999{random.randint(0, 9)}{random.randint(0, 99):02d}{''.join(random.choices(CODE_SIGNS[:36], k=6))}"
    return number + check_character(number)


def message(random: Random) -> str:
    return f"=+03000{checked_din(random)}=<S11281A0&>0263281430"


def recipient(random: Random) -> str:
    payload = f"{random.randint(0, 10**17 - 1):017d}"
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(payload)))
    return f"{WRISTBAND}{payload}{-total % 10}"


def own_number(found: Parsed) -> str | None:
    return found.code if isinstance(found, OwnCode) else None


def scanned_number(found: Parsed) -> str | None:
    donation = element_of(found, "001") if isinstance(found, IsbtElement | IsbtMessage) else None
    is_checked = donation is not None and donation.fields["flag_kind"] == "check"
    return donation.text("din") if donation is not None and is_checked else None


def typed_number(found: Parsed) -> str | None:
    if isinstance(found, IsbtElement):
        return found.text("coi" if found.structure == "040" else "din")
    return own_number(found)


def recipient_number(found: Parsed) -> str | None:
    return found.recipient if isinstance(found, Gs1Code) else None


FAMILIES = {
    "own code": Family(own, ON, PRINTABLE, own_number),
    "own code with print number": Family(
        lambda random: f"{own(random)}{random.randint(1, 99):02d}", ON, PRINTABLE, own_number
    ),
    "donation number with check flags": Family(checked_din, ON, PRINTABLE, scanned_number),
    "donation number in a message": Family(message, ON, PRINTABLE, scanned_number),
    "typed donation number": Family(typed_din, TYPED, CODE_SIGNS, typed_number),
    "typed chain of identity": Family(typed_coi, TYPED, CODE_SIGNS, typed_number),
    "wristband of GS1": Family(recipient, ON, DIGITS, recipient_number, fixed=len(WRISTBAND)),
}


def substituted(family: Family, code: str, random: Random) -> str:
    place = random.randrange(family.fixed, len(code))
    return code[:place] + random.choice(family.signs) + code[place + 1 :]


def swapped(family: Family, code: str, random: Random) -> str:
    place = random.randrange(family.fixed, len(code) - 1)
    return swapped_at(code, place)


def shortened(family: Family, code: str, random: Random) -> str:
    place = random.randrange(family.fixed, len(code))
    return code[:place] + code[place + 1 :]


def lengthened(family: Family, code: str, random: Random) -> str:
    place = random.randrange(family.fixed, len(code) + 1)
    return code[:place] + random.choice(family.signs) + code[place:]


def swapped_at(code: str, place: int) -> str:
    return code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def differ_by_five(code: str, wrong: str) -> bool:
    """The swap a modulo 10 with weights 3 and 1 does not see."""
    changed = [(int(a), int(b)) for a, b in zip(code, wrong, strict=False) if a != b] if code[:3] == "]d2" else []
    return len(code) == len(wrong) and len(changed) == 2 and abs(changed[0][0] - changed[0][1]) == 5


def wrong_accept(family: Family, code: str, wrong: str) -> bool:
    """The changed text is read as another number of the same sort, with all its checks in order."""
    found = parse(wrong, family.settings)
    number = None if isinstance(found, ScanRefusal) else family.number(found)
    if number is None or differ_by_five(code, wrong):
        return False
    return number != family.number(read(code, family))


def neighbours(code: str, signs: str, fixed: int) -> Iterator[str]:
    """Every text one wrong or two swapped characters away."""
    for place in range(fixed, len(code)):
        yield from (code[:place] + sign + code[place + 1 :] for sign in signs if sign != code[place])
        if place + 1 < len(code) and code[place] != code[place + 1]:
            yield swapped_at(code, place)


@pytest.mark.parametrize("name", FAMILIES)
@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_single_wrong_or_swapped_character_becomes_another_number(name: str, seed: int) -> None:
    """All of them for each code: some 1,400 of an own code."""
    family = FAMILIES[name]
    code = family.make(Random(seed))
    assert family.number(read(code, family)) is not None
    assert not [wrong for wrong in neighbours(code, family.signs, family.fixed) if wrong_accept(family, code, wrong)]


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_single_wrong_or_swapped_character_of_a_checked_code_is_refused(seed: int) -> None:
    """Not merely read as something else: refused. Of a checked bar code that is the part its flags check."""
    for make, how, signs, last in (
        (own, ON, PRINTABLE, None),
        (typed_din, TYPED, CODE_SIGNS, None),
        (typed_coi, TYPED, CODE_SIGNS, None),
        (checked_din, ON, PRINTABLE, 14),
    ):
        code = make(Random(seed))
        flags = code[last:] if last else ""
        for wrong in neighbours(code[:last], signs, 0):
            assert isinstance(parse(wrong + flags, how), ScanRefusal), (code, wrong + flags)


def test_no_mutated_code_of_many_is_accepted() -> None:
    random, wrong_accepts, tried = Random(SEED), Counter[str](), Counter[str]()
    mutations = (substituted, swapped, shortened, lengthened)
    names = list(FAMILIES)
    while tried.total() < MUTATIONS:
        name = names[tried.total() % len(names)]
        family = FAMILIES[name]
        code = family.make(random)
        wrong = random.choice(mutations)(family, code, random)
        if wrong == code:
            continue
        tried[name] += 1
        wrong_accepts[name] += wrong_accept(family, code, wrong)
    assert tried.total() == MUTATIONS
    assert not +wrong_accepts


def read(code: str, family: Family) -> Parsed:
    found = parse(code, family.settings)
    assert not isinstance(found, ScanRefusal), (code, found)
    return found


def test_flags_below_sixty_claim_no_check_so_the_bar_code_alone_notices_nothing() -> None:
    assert isinstance(parse("=A99992112345600", ON), IsbtElement)
    assert isinstance(parse("=A99992112345700", ON), IsbtElement)


def test_flags_that_stop_claiming_a_check_are_read_as_what_they_then_say() -> None:
    """One wrong first flag keeps the number; a swap across the border changes it. Neither claims a check."""
    kept, changed = parse("=A99992112345603", ON), parse("=A99992112345063", ON)
    assert isinstance(kept, IsbtElement)
    assert (kept.fields["din"], kept.fields["flag_kind"]) == ("A999921123456", "container")
    assert isinstance(changed, ScanRefusal)
    number = next(each for each in range(10**6) if each % 10 == 1 and check_value(f"A999921{each:06d}") < 10)
    code = f"=A999921{number:06d}{60 + check_value(f'A999921{number:06d}')}"
    across = parse(swapped_at(code, 13), ON)
    assert isinstance(across, IsbtElement)
    assert across.fields["flag_kind"] != "check"


def test_the_print_number_says_which_copy_not_which_thing() -> None:
    first, second = parse("BGD7M26000418M01"), parse("BGD7M26000418M02")
    assert isinstance(first, OwnCode)
    assert isinstance(second, OwnCode)
    assert first.code == second.code


def test_a_gs1_number_does_not_notice_neighbours_that_differ_by_five() -> None:
    assert isinstance(parse(f"{WRISTBAND}952123400000004176"), Gs1Code)
    assert isinstance(parse(f"{WRISTBAND}952123400000004167"), ScanRefusal)
    code = next(code for code in map(recipient, map(Random, range(1000))) if code[7:9] == "61")
    assert isinstance(parse(swapped_at(code, 7)), Gs1Code)
