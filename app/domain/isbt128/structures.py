"""Every structure the adapter reads, as one table of data. Not how a text is read: that is `reading`.

A structure is its number, the identifier it begins with, and its parts in order. House rule: identifiers, 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

Alphabet = frozenset[str]
_DIGIT: Final = Alphabet("0123456789")
_CAPITAL: Final = Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SMALL: Final = Alphabet("abcdefghijklmnopqrstuvwxyz")
_CODE: Final = _DIGIT | _CAPITAL
_ANY_CASE: Final = _CODE | _SMALL
_PRINTABLE: Final = Alphabet(map(chr, range(32, 127)))
_FACILITY_FIRST: Final = _CODE - set("O0")
_FACILITY_NEXT: Final = _CODE - set("O")
_FACILITY: Final = (_FACILITY_FIRST, _FACILITY_NEXT, _FACILITY_NEXT, _DIGIT, _DIGIT)
_DIVISION: Final = (_CODE, _DIGIT | _SMALL)


class Form(Enum):
    """How the characters of a part become a field."""

    TEXT = auto()
    NUMBER = auto()
    CONSTANT = auto()
    """Always the same characters; no field."""
    WORD = auto()
    """One of a few assigned values, each with our word for it."""
    PADDED = auto()
    """Padded with zeros on the left: the whole in `raw`, without the zeros in its own field."""
    EXPIRY_DAY = auto()
    """`cyyjjj`, the end of that day."""
    DAY = auto()
    """`cyyjjj`, a day without a time."""
    MOMENT = auto()
    """`cyyjjjhhmm`."""
    CALENDAR_MOMENT = auto()
    """`YYYYMMDDhhmm`."""
    CALENDAR_DAY = auto()
    """`YYYYMMDD`."""


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring characters that mean one thing. `places` says what may stand at each place."""

    name: str
    places: tuple[Alphabet, ...]
    form: Form = Form.TEXT
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure by its number in the standard; `length` counts the characters after the identifier."""

    number: str
    identifier: str
    parts: tuple[Part, ...]

    @property
    def length(self) -> int:
        """Data characters after the identifier."""
        return sum(len(part.places) for part in self.parts)


def _part(name: str, length: int, alphabet: Alphabet = _CODE, form: Form = Form.TEXT) -> Part:
    return Part(name, (alphabet,) * length, form)


def _date(form: Form, length: int) -> tuple[Part, ...]:
    return (_part("at", length, _DIGIT, form),)


_FIN: Final = Part("fin", _FACILITY)
_YEAR: Final = _part("year", 2, _DIGIT)
_PDC: Final = Part("pdc", (_CAPITAL, *[_CODE] * 4))
_ZONES: Final = (("1", "local"), ("2", "utc"))
_KINDS: Final = (("01", "expiry"), ("02", "collection"), ("03", "production"))

DONATION: Final = Structure("001", "=", (_FIN, _YEAR, _part("sequence", 6, _DIGIT), _part("flags", 2)))
PRODUCT: Final = Structure("003", "=<", (_PDC, _part("collection_type", 1), Part("division", _DIVISION)))
TISSUE: Final = Structure("003", "=<", (_PDC, _part("pack", 3, _DIGIT)))
COMPOUND: Final = Structure("023", "=+", (_part("count", 2, _DIGIT, Form.NUMBER), _part("message_id", 3, _DIGIT)))
PATIENT_NUMBER: Final = Structure("025", "&#", (_part("aa", 2), _part("length", 2, _DIGIT, Form.NUMBER)))
DIVISION: Final = Structure("032", "=,", (_part("division", 6),))
IDENTITY: Final = Structure(
    "040",
    "&/",
    (Part("", (Alphabet("C"), Alphabet("H")), Form.CONSTANT), _FIN, _YEAR, _part("sequence", 6)),
)
DONOR: Final = Structure("019", "=;", (_FIN, _part("donor_number", 16)))
MARKERS: Final = Structure("027", '&"', (_part("raw", 18, _DIGIT),))

STRUCTURES: Final = (
    DONATION,
    Structure("002", "=%", (_part("group_code", 2), _part("r", 1), _part("e", 1))),
    PRODUCT,
    Structure("004", "=>", _date(Form.EXPIRY_DAY, 6)),
    Structure("005", "&>", _date(Form.MOMENT, 10)),
    Structure("006", "=*", _date(Form.DAY, 6)),
    Structure("007", "&*", _date(Form.MOMENT, 10)),
    Structure("008", "=}", _date(Form.DAY, 6)),
    Structure("009", "&}", _date(Form.MOMENT, 10)),
    Structure(
        "017",
        "=)",
        tuple(_part(n, s, _ANY_CASE) for n, s in (("set_position", 1), ("manufacturer", 2), ("catalogue", 7))),
    ),
    Structure("018", "&)", (_part("lot", 10, _ANY_CASE, Form.PADDED),)),
    DONOR,
    Structure("020", "='", (_FIN, _part("staff_code", 6, _CODE, Form.PADDED))),
    Structure("021", "=-", (_part("manufacturer", 2, _ANY_CASE), _part("catalogue", 8, _ANY_CASE))),
    Structure("022", "&-", (_part("lot", 10, _ANY_CASE, Form.PADDED),)),
    COMPOUND,
    Structure("024", "=#", (_part("raw", 10, _PRINTABLE),)),
    PATIENT_NUMBER,
    MARKERS,
    Structure(
        "028",
        "=$",
        (
            _FIN,
            _YEAR,
            _part("shipment", 5),
            _part("box", 2, _DIGIT, Form.NUMBER),
            _part("boxes", 2, _DIGIT, Form.NUMBER),
        ),
    ),
    Structure(
        "031",
        "=(",
        (
            Part("zone", (_DIGIT,), Form.WORD, _ZONES),
            Part("", (Alphabet("0"),), Form.CONSTANT),
            Part("kind", (_DIGIT, _DIGIT), Form.WORD, _KINDS),
            *_date(Form.CALENDAR_MOMENT, 12),
        ),
    ),
    DIVISION,
    Structure("033", "&+", (_FIN, _part("facility_code", 6))),
    Structure("034", "=/", (_FIN, _part("facility_product_code", 6), _PDC)),
    Structure("035", "&,1", (_part("lot", 18, _ANY_CASE, Form.PADDED),)),
    Structure("036", "&,2", (_part("raw", 18, _PRINTABLE),)),
    Structure(
        "038",
        "&,4",
        (
            _part("country", 2, _CAPITAL),
            _part("establishment", 6),
            _part("donation", 13),
            _part("product_system", 1),
            _part("product_number", 7),
            _part("split", 3),
            _part("expiry", 8, _DIGIT, Form.CALENDAR_DAY),
        ),
    ),
    IDENTITY,
)
"""The table of identifiers, section 5.4; a structure that is not here is not read."""

_BY_IDENTIFIER: Final = {each.identifier: each for each in STRUCTURES if each is not DONATION}


def structure_of(text: str) -> Structure | None:
    """The structure a text begins with; the second character of a donation number is data as well."""
    for length in (3, 2):
        found = _BY_IDENTIFIER.get(text[:length])
        if found is not None:
            return _variant(found, text[length:])
    is_donation = text[:1] == "=" and text[1:2] in _FACILITY_FIRST
    return DONATION if is_donation else None


def _variant(structure: Structure, data: str) -> Structure:
    """A product code of tissue has a pack number; a patient number has the length it gives itself."""
    if structure is PRODUCT and data[:1] == "T":
        return TISSUE
    if structure is not PATIENT_NUMBER or len(data) < structure.length:
        return structure
    given = data[2:4]
    length = int(given) if set(given) <= _DIGIT else len(data) - structure.length
    return Structure(structure.number, structure.identifier, (*structure.parts, _part("value", length, _ANY_CASE)))
