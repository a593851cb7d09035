"""The one description of a label that every output is drawn from. Not the drawing, and not what it must say.

Millimetres, origin top left, y down. Items may not overlap and stay 1 mm inside the label: else refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from app.domain.identifiers import display, with_print_number
from app.domain.labels.rules import Requirements

LEAST_TEXT_MM: Final = 1.8
LEAST_STATEMENT_MM: Final = 2.4
LEAST_IDENTITY_MM: Final = 3.0
"""Least em sizes (our setting): any text; statements and expiry; patient name and code on bags and bands."""

LEAST_MODULE_MM: Final = 0.25
"""Least width of one module of a bar code (our setting; above the 0.17 mm of ICCBBA ST-001 v6.2.2)."""

DOTS_PER_MM: Final = (8, 12)
"""The printers labels are proven for, sold as 203 and 300 dpi."""


class LabelKind(StrEnum):
    """What kind of label it is; each has one template."""

    WRISTBAND = "wristband"
    CHART_STICKER = "chart_sticker"
    COLLECTION_BAG = "collection_bag"
    VESSEL = "vessel"
    VESSEL_GROUP = "vessel_group"
    SAMPLE = "sample"
    PLATE = "plate"
    BAG = "bag"
    PARTIAL_BAG = "partial"
    REAGENT = "reagent"
    FIXTURE = "fixture"
    BADGE = "badge"
    SHIPPING_BOX = "shipping_box"
    TRIAL = "trial"

    @property
    def words(self) -> str:
        """The name people use: "collection bag"."""
        return self.value.replace("_", " ")

    @property
    def is_identity(self) -> bool:
        """Whether it names one thing in bar codes. The head of a group of vessels must not be scanned as one."""
        return self is not LabelKind.VESSEL_GROUP

    @property
    def scheme(self) -> Scheme:
        """What its bar codes hold: the test label of a printer names nothing of ours, every other label only ours."""
        return Scheme.TEST if self is LabelKind.TRIAL else Scheme.OWN


class Weight(StrEnum):
    """Weight of a text."""

    REGULAR = "regular"
    BOLD = "bold"


class Align(StrEnum):
    """Where a line stands in its box."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Symbology(StrEnum):
    """The two bar codes we make: Data Matrix is the one we scan, Code 128 stays for linear readers."""

    CODE_128 = "code128"
    DATA_MATRIX = "datamatrix"


class Scheme(StrEnum):
    """What a bar code may hold: one of our own codes, or the text of a printer test label."""

    OWN = "own"
    TEST = "test"


class Picture(StrEnum):
    """Built-in pictures."""

    BIOHAZARD = "biohazard"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in millimetres."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        """Right edge."""
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """Lower edge."""
        return self.y_mm + self.height_mm


@dataclass(frozen=True, slots=True)
class Text:
    """Words in a box, as large as they fit from `size_mm` down to `least_size_mm` (em), never cut.

    An identity text is a code, set in the monospaced face; a reversed text is white on its own black box;
    a text at the foot has its last line at the lower edge.
    """

    name: str
    box: Area
    text: str
    size_mm: float
    least_size_mm: float
    weight: Weight = Weight.REGULAR
    align: Align = Align.LEFT
    most_lines: int = 1
    is_identity: bool = False
    is_reversed: bool = False
    is_at_foot: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A bar code whose ink begins at (`x_mm`, `y_mm`), quiet zone outside. A Data Matrix has no height."""

    name: str
    symbology: Symbology
    x_mm: float
    y_mm: float
    module_mm: float
    payload: str
    height_mm: float = 0.0
    least_module_mm: float = LEAST_MODULE_MM
    scheme: Scheme = Scheme.OWN


@dataclass(frozen=True, slots=True)
class Line:
    """A black rule that fills its box."""

    name: str
    box: Area


@dataclass(frozen=True, slots=True)
class Box:
    """A frame whose lines lie inside its box; what stands within it keeps clear of them."""

    name: str
    box: Area
    stroke_mm: float


@dataclass(frozen=True, slots=True)
class Symbol:
    """A built-in picture, as large as its square box."""

    name: str
    box: Area
    picture: Picture


@dataclass(frozen=True, slots=True)
class Pattern:
    """Black bars within one box, such as the ticks of a ruler: they may be one dot thin, and are one item."""

    name: str
    box: Area
    bars: tuple[Area, ...]


Item: TypeAlias = Text | Code | Line | Box | Symbol | Pattern


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """One label for one print of one object's label. `code` is its 14 characters."""

    kind: LabelKind
    code: str
    print_number: int
    width_mm: float
    height_mm: float
    items: tuple[Item, ...]
    template_version: int

    @property
    def title(self) -> str:
        """How a refusal names it: "vessel label VS-D7M-26-001000-1 01"."""
        return f"{self.kind.words} label {display(with_print_number(self.code, self.print_number))}"

    @property
    def shown(self) -> frozenset[str]:
        """The names of the items that show something: a text without words shows nothing."""
        return frozenset(item.name for item in self.items if not isinstance(item, Text) or item.text.strip())


@dataclass(frozen=True, slots=True)
class Expected:
    """What the record says a label must carry: object, print, and what the label rules demand of it.

    None for a label the rules say nothing of: those of samples, plates, wristbands and the things of the house.
    """

    code: str
    print_number: int
    required: Requirements | None

    @property
    def statements(self) -> tuple[str, ...]:
        """The words of every required statement."""
        return () if self.required is None else tuple(one.text for one in self.required.statements)

    def missing_from(self, spec: LabelSpec) -> tuple[str, ...]:
        """The required elements the label does not show, in words."""
        return () if self.required is None else self.required.missing(spec.shown)
