"""The one scan parser: what a scanned text is, or why it is refused. Not what a step may do with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from app.domain.errors import Invalid, Mismatch, NearMiss
from app.domain.gs1 import GS, Gs1Code, parse_gs1
from app.domain.identifiers import GLYPHS, Kind, check_character, display, normalise_typed
from app.domain.isbt128 import (
    AdapterSettings,
    IsbtElement,
    IsbtMessage,
    element_of,
    named,
    no_bag,
    not_for_demo,
    read,
    read_typed,
)
from app.domain.scan_refusal import ScanCategory, ScanRefusal, refused

_AIM_PREFIX: Final = re.compile(r"\][A-Za-z].")
_GS1_SYMBOLS: Final = frozenset({"]C1", "]d2"})
_ISBT_PAIR: Final = "]C4"
_TERMINATORS: Final = ("\r\n", "\r", "\n", "\t")
_KINDS: Final = frozenset(kind.value for kind in Kind)
_LETTERS: Final = GLYPHS[10:]
_DIGITS: Final = GLYPHS[:10]
_BARE_RECIPIENT: Final = re.compile(r"8018[0-9]{18}")
_LOOKS_LIKE: Final = {"I": "one", "L": "one", "O": "zero", "U": "V"}


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """What this scan may be, decided by the site and the step.

    `bare_gs1_recipient`: a wristband step at a site whose readers send no symbology identifier and which
    states that nothing but its wristbands carries `8018`; then `8018` and 18 digits are taken as GS1.
    `isbt128`: what the licensed facility told the adapter; None while the adapter is off. `is_typed`: a person
    typed it from a label, so a donation number comes without `=` and with its check character.
    """

    bare_gs1_recipient: bool = False
    isbt128: AdapterSettings | None = None
    is_typed: bool = False


STRICT: Final = ScanSettings()


@dataclass(frozen=True, slots=True)
class OwnCode:
    """One of our own codes. `code` is its 14 characters; a linear symbol carries no `print_number`."""

    code: str
    kind: Kind
    site: str
    year: int
    number: int
    print_number: int | None

    @property
    def text(self) -> str:
        """The code as people read it, without print number."""
        return display(self.code)


Parsed: TypeAlias = OwnCode | Gs1Code | IsbtElement | IsbtMessage


def parse(raw: str, settings: ScanSettings = STRICT) -> Parsed | ScanRefusal:
    """What the reader delivered, or one refusal. It never guesses and never repairs.

    Order of work is fixed (House rule: identifiers, section 3): terminator, emptiness, symbology identifier,
    characters, doubled scan, dispatch by scheme.
    """
    text = _without_terminator(raw)
    prefix = _AIM_PREFIX.match(text)
    symbology = prefix.group() if prefix else ""
    text = text.removeprefix(symbology)
    is_gs1 = symbology in _GS1_SYMBOLS or (
        settings.bare_gs1_recipient and not symbology and _BARE_RECIPIENT.fullmatch(text) is not None
    )
    if not text:
        return refused(ScanCategory.EMPTY)
    if any(not (" " <= character <= "~" or (is_gs1 and character == GS)) for character in text):
        return refused(ScanCategory.CONTROL_CHAR)
    scheme = _Scheme(settings, is_gs1=is_gs1, is_pair=symbology == _ISBT_PAIR)
    half = text[: len(text) // 2]
    if text == half * 2 and not isinstance(_dispatch(half, replace(scheme, is_pair=False)), ScanRefusal):
        return refused(ScanCategory.DOUBLED_SCAN)
    return _dispatch(text, scheme)


def as_typed(text: str) -> str:
    """What a person typed from a label, as a reader would send it: separators gone, capitals. Only for typed text.

    A text that begins with no kind of ours stays as it is. House rule: identifiers, section 2.3.
    """
    code = normalise_typed(text)
    return code if code[:2] in _KINDS else text


def expect(raw: str, *wanted: Kind, step: str, settings: ScanSettings = STRICT) -> OwnCode:
    """Our own code of one of the `wanted` kinds; `step` names the act in the near miss of a refusal.

    Raises Invalid with the scan category as code, or Mismatch `wrong_kind`, each with its near miss.
    """
    parsed = parse(raw, settings)
    if isinstance(parsed, ScanRefusal):
        near_miss = NearMiss(kind=parsed.category.value, step=step)
        raise Invalid(parsed.category.value, parsed.sentence, near_miss=near_miss)
    if isinstance(parsed, OwnCode) and parsed.kind in wanted:
        return parsed
    scanned = parsed.code if isinstance(parsed, OwnCode) else None
    code, sentence = _wrong(parsed, wanted, settings)
    raise Mismatch(code, sentence, near_miss=NearMiss(kind=code, step=step, scanned=scanned))


def _wrong(parsed: Parsed, wanted: tuple[Kind, ...], settings: ScanSettings) -> tuple[str, str]:
    """Slug and sentence for a code of another kind or scheme than the step asks for."""
    words = " or ".join(kind.word for kind in wanted)
    if isinstance(parsed, OwnCode):
        return "wrong_kind", f"{parsed.text} is the wrong code here ({parsed.kind.word}). Scan the {words}."
    if isinstance(parsed, Gs1Code):
        return "wrong_kind", f"A GS1 code is the wrong code here. Scan the {words}."
    assert settings.isbt128 is not None, "no ISBT 128 code is read while the adapter is off"
    foreign = not_for_demo(parsed, settings.isbt128)
    if foreign is not None:
        return "not_validation_fin", foreign
    donation = element_of(parsed, "001") if Kind.BAG in wanted else None
    tube = None if donation is None else no_bag(donation, settings.isbt128, in_laboratory=False)
    return "wrong_kind", tube or f"{named(parsed)} is the wrong code here. Scan our own label of the {words}."


def _without_terminator(raw: str) -> str:
    for terminator in _TERMINATORS:
        if raw.endswith(terminator):
            return raw.removesuffix(terminator)
    return raw


@dataclass(frozen=True, slots=True)
class _Scheme:
    """What the symbology identifier and the settings say of a text before it is looked at."""

    settings: ScanSettings
    is_gs1: bool
    is_pair: bool


def _dispatch(text: str, scheme: _Scheme) -> Parsed | ScanRefusal:
    if scheme.is_gs1:
        return parse_gs1(text)
    adapter = scheme.settings.isbt128
    if text[0] in "=&":
        if adapter is None:
            return refused(ScanCategory.ADAPTER_OFF)
        return read(text, adapter, is_pair=scheme.is_pair)
    typed = read_typed(text, adapter) if adapter is not None and scheme.settings.is_typed else None
    if typed is not None:
        return typed
    if text[:2].upper() in _KINDS:
        return _parse_own(text)
    return refused(ScanCategory.UNKNOWN_PREFIX)


def _parse_own(text: str) -> OwnCode | ScanRefusal:
    if len(text) not in (14, 16):
        return refused(
            ScanCategory.BAD_LENGTH,
            f"A code has 14 characters, or 16 with its print number; this has {len(text)}.",
        )
    places = (GLYPHS + "L", GLYPHS + "L", GLYPHS, GLYPHS, _LETTERS, *[_DIGITS] * 8, GLYPHS, *[_DIGITS] * 2)
    for place, (character, allowed) in enumerate(zip(text, places, strict=False), start=1):
        if character not in allowed:
            return refused(ScanCategory.BAD_CHARACTER, _wrong_character(character, place))
    if text[14:] == "00":
        return refused(ScanCategory.RESERVED_VALUE, "The print number 00 is never used; prints start at 01.")
    code = text[:14]
    if check_character(code[:13]) != code[13]:
        return refused(ScanCategory.BAD_CHECK)
    return OwnCode(
        code=code,
        kind=Kind(code[:2]),
        site=code[2:5],
        year=2000 + int(code[5:7]),
        number=int(code[7:13]),
        print_number=int(text[14:]) if text[14:] else None,
    )


def _wrong_character(character: str, place: int) -> str:
    if character.islower():
        return (
            f"Character {place} is the small letter {character}. Codes are in capitals: "
            "check caps lock or the reader's case setting."
        )
    if character in _LOOKS_LIKE:
        return f"Character {place}: the letter {character} is never used; is it {_LOOKS_LIKE[character]}?"
    return f"Character {place} cannot be {character}. Scan the code again."
