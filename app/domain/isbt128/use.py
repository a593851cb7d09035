"""What a step makes of an ISBT 128 code that was read: its name in words, and why it is no label of a bag.

Our own words throughout, none of the standard. House rule: identifiers, section 5.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.domain.isbt128.donation import FlagKind
from app.domain.isbt128.elements import IsbtElement
from app.domain.isbt128.printing import text_with_check
from app.domain.isbt128.reading import IsbtMessage
from app.domain.isbt128.settings import AdapterSettings, is_validation_facility
from app.domain.isbt128.structures import DONATION, IDENTITY, PRODUCT

_FLAG_WORDS: Final = {
    FlagKind.PILOT_TUBE: "a tube of it",
    FlagKind.TEST_TUBE: "a tube of it",
    FlagKind.NAT_SAMPLE: "a tube of it",
    FlagKind.BACTERIAL_SAMPLE: "a culture bottle of it",
    FlagKind.RECORD: "a record of it",
    FlagKind.MATCH_WITH_UNIT: "a label for comparing",
    FlagKind.ATTACHED_LABEL: "a tie tag",
}
_NO_BAGS: Final = frozenset(_FLAG_WORDS) - {FlagKind.ATTACHED_LABEL}


def named(code: IsbtElement | IsbtMessage) -> str:
    """The code in words that can begin a sentence: which number, and what its flags say it is on."""
    donation = element_of(code, DONATION.number)
    if donation is not None:
        return f"Donation number {text_with_check(donation)}{_on(donation)}"
    identity = element_of(code, IDENTITY.number)
    if identity is not None:
        return f"Chain of identity {text_with_check(identity)}"
    product = element_of(code, PRODUCT.number)
    if product is not None:
        return f"Product code {product.text('pdc')}"
    numbers = " and ".join(element.structure for element in elements_of(code))
    return f"ISBT 128 code of structure {numbers}"


def no_bag(donation: IsbtElement, settings: AdapterSettings, *, in_laboratory: bool) -> str | None:
    """Why a donation number is no label of a bag, in a sentence with what to do; None where it is one.

    A tie tag can hang on the wrong bag, so it counts in the laboratory only (our setting).
    """
    if "flag_kind" not in donation.fields:
        return f"{named(donation)} was typed, which does not say what it stands on. Scan the label of the bag."
    kind = FlagKind(donation.text("flag_kind"))
    if kind in _NO_BAGS:
        return f"{named(donation)}, is no bag. Scan the label of the bag itself."
    if kind is FlagKind.ATTACHED_LABEL and not in_laboratory:
        return f"{named(donation)}, can hang on the wrong bag. Scan the label fixed to the bag."
    is_ours = donation.fields["fin"] == settings.own_facility and donation.text("flags") in settings.local_flags
    if kind is FlagKind.LOCAL and not is_ours:
        return f"{named(donation)} carries a mark this site has no meaning for. Take it to the supervisor."
    return None


def not_for_demo(code: IsbtElement | IsbtMessage, settings: AdapterSettings) -> str | None:
    """Why a demonstration does not use a code: a facility number not reserved for validation. None where it may."""
    numbers = (element.text("fin") for element in elements_of(code) if "fin" in element.fields)
    foreign = next((number for number in numbers if not is_validation_facility(number)), None)
    if foreign is None or not settings.is_demo:
        return None
    return (
        f"Facility number {foreign} is not one of A9990 to A9999, and this demonstration uses no other. "
        "Scan a code made for trying out."
    )


def numbers_of(code: IsbtElement | IsbtMessage) -> dict[str, str]:
    """What a scan can be found by: its donation number under 001, its chain of identity under 040."""
    donation, identity = element_of(code, DONATION.number), element_of(code, IDENTITY.number)
    found = {} if donation is None else {DONATION.number: donation.text("din")}
    return found if identity is None else found | {IDENTITY.number: identity.text("coi")}


def lacks_companion(code: IsbtElement | IsbtMessage) -> bool:
    """A product code whose division stands in a code of its own that was not scanned with it."""
    elements = list(elements_of(code))
    needed = {element.needs for element in elements if element.needs}
    return not needed <= {element.structure for element in elements}


def element_of(code: IsbtElement | IsbtMessage, structure: str) -> IsbtElement | None:
    """The element of one structure, alone or in a message."""
    return next((element for element in elements_of(code) if element.structure == structure), None)


def elements_of(code: IsbtElement | IsbtMessage) -> Iterator[IsbtElement]:
    """Every element of a scan."""
    return iter(code.elements if isinstance(code, IsbtMessage) else (code,))


def _on(donation: IsbtElement) -> str:
    number = donation.fields.get("container_number")
    if number is not None:
        return f", container {number}"
    words = _FLAG_WORDS.get(FlagKind(donation.text("flag_kind"))) if "flag_kind" in donation.fields else None
    return "" if words is None else f", {words}"
