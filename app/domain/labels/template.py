"""A label's layout as a value, and how it is filled with the words of one thing. Not the words, not the drawing.

A layout says for real and for demo data where each item is; an item without a place there is not on that label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Protocol, TypeAlias, assert_never

from app.domain.errors import Invalid
from app.domain.identifiers import with_print_number
from app.domain.labels.content.parts import Print
from app.domain.labels.content.setting import chosen, flowed, hazards, notices, statement_text
from app.domain.labels.spec import Align, Area, Code, Item, LabelKind, LabelSpec, Line, Symbology, Text, Weight
from app.domain.labels.statements import DEMO, Statement, claim_in

_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_RECIPIENT_NAME: Final = "recipient name"
_NO_PRODUCT: Final = frozenset(
    {
        LabelKind.WRISTBAND,
        LabelKind.CHART_STICKER,
        LabelKind.VESSEL_GROUP,
        LabelKind.REAGENT,
        LabelKind.FIXTURE,
        LabelKind.BADGE,
    }
)
"""Labels of no patient's material: what they say is no claim of an effect."""


class Facts(Protocol):
    """What one label is about: the print, and the words of its fields."""

    @property
    def printed(self) -> Print:
        """Which print of which code."""
        ...

    @property
    def words(self) -> Mapping[str, str]:
        """The words of each field that a layout of its kind may show."""
        ...


class _Strict:
    """Whatever reads a layout refuses a property it does not have."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Point:
    """Where the ink of a bar code begins."""

    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class Words(_Strict):
    """A text: `Hospital No. {hospital number}`, what is in braces being a field of the kind."""

    type: Literal["words"]
    name: str
    words: str
    real: Area | None
    demo: Area | None
    size_mm: float
    least_size_mm: float
    weight: Weight = Weight.REGULAR
    align: Align = Align.LEFT
    most_lines: int = 1
    is_identity: bool = False
    is_reversed: bool = False
    is_at_foot: bool = False


@dataclass(frozen=True, slots=True)
class Mark(_Strict):
    """A bar code of the thing: the square one holds code and print number, the linear one the code."""

    type: Literal["mark"]
    name: str
    symbology: Symbology
    real: Point | None
    demo: Point | None
    module_mm: float
    height_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule(_Strict):
    """A black line that fills its place."""

    type: Literal["rule"]
    name: str
    real: Area | None
    demo: Area | None


@dataclass(frozen=True, slots=True)
class Place(_Strict):
    """One statement in a fixed place; empty when it is not due."""

    type: Literal["statement"]
    name: str
    statement: str
    real: Area | None
    demo: Area | None
    size_mm: float
    most_lines: int = 1


@dataclass(frozen=True, slots=True)
class Part(_Strict):
    """What a room shows next, `gap_mm` under what stands above it; a notice takes `pitch_mm` of height.

    Hazards choose their own statements. `second_mm` from the left a second column begins, where there is one.
    """

    shows: Literal["hazards", "notices", "statements"]
    statements: tuple[str, ...] = ()
    gap_mm: float = 0.0
    size_mm: float = 0.0
    pitch_mm: float = 0.0
    second_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Room(_Strict):
    """A room into which the statements that are due flow, part under part."""

    type: Literal["room"]
    name: str
    parts: tuple[Part, ...]
    real: Area | None
    demo: Area | None


Element: TypeAlias = Words | Mark | Rule | Place | Room


@dataclass(frozen=True, slots=True)
class Template(_Strict):
    """The layout of one kind of label in one version."""

    kind: LabelKind
    version: int
    width_mm: float
    height_mm: float
    items: tuple[Element, ...]


def fill(template: Template, facts: Facts, statements: tuple[Statement, ...] = ()) -> LabelSpec:
    """The label of one thing. Refuses fields that the thing does not have and words that claim an effect (LS-16)."""
    printed = facts.printed
    mark = f"{template.kind.words} {template.version}"
    own = {"code": printed.text, "site name": printed.site_name, "site": printed.site, "demo": DEMO, "template": mark}
    known = {**facts.words, **own}
    for one in statements:
        _refuse_claims(template, one.id, one.text)
    items = tuple(made for item in template.items for made in _made(template, item, printed, known, statements))
    size_mm = template.width_mm, template.height_mm
    return LabelSpec(template.kind, printed.code, printed.print_number, *size_mm, items, template.version)


def fields_of(item: Words) -> tuple[str, ...]:
    """The fields a text shows."""
    return tuple(_FIELD.findall(item.words))


def _made(
    template: Template, item: Element, printed: Print, known: Mapping[str, str], statements: tuple[Statement, ...]
) -> Iterator[Item]:
    if isinstance(item, Mark):
        at = item.demo if printed.is_demo else item.real
        if at is not None:
            yield _code(item, at, printed)
        return
    box = item.demo if printed.is_demo else item.real
    if box is None:
        return
    match item:
        case Words():
            yield _text(template, item, box, known)
        case Rule():
            yield Line(item.name, box)
        case Place():
            for one in chosen(statements, item.statement):
                yield statement_text(one, box, item.size_mm, item.most_lines)
        case Room():
            yield from _flow(item, box, statements)
        case _:
            assert_never(item)


def _code(item: Mark, at: Point, printed: Print) -> Code:
    is_square = item.symbology is Symbology.DATA_MATRIX
    payload = with_print_number(printed.code, printed.print_number) if is_square else printed.code
    return Code(item.name, item.symbology, at.x_mm, at.y_mm, item.module_mm, payload, item.height_mm)


def _text(template: Template, item: Words, box: Area, known: Mapping[str, str]) -> Text:
    unknown = [field for field in fields_of(item) if field not in known]
    if unknown:
        raise Invalid(
            "field_unknown",
            f"The {item.name} of the {template.kind.words} label shows “{unknown[0]}”, which that kind does not have. "
            "Choose one of its fields.",
        )
    unnamed = {**known, _RECIPIENT_NAME: ""}
    _refuse_claims(template, item.name, _said(item, unnamed))
    return Text(
        name=item.name,
        box=box,
        text=_said(item, known),
        size_mm=item.size_mm,
        least_size_mm=item.least_size_mm,
        weight=item.weight,
        align=item.align,
        most_lines=item.most_lines,
        is_identity=item.is_identity,
        is_reversed=item.is_reversed,
        is_at_foot=item.is_at_foot,
    )


def _refuse_claims(template: Template, name: str, text: str) -> None:
    if template.kind not in _NO_PRODUCT and (claim := claim_in(text)):
        raise Invalid(
            "label_claims_effect",
            f"The {name} says “{claim}”: no label may claim that a product is safe or works.",
        )


def _said(item: Words, known: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: known[found[1]], item.words)


def _flow(room: Room, box: Area, statements: tuple[Statement, ...]) -> Iterator[Item]:
    y_mm = box.y_mm
    for part in room.parts:
        y_mm += part.gap_mm
        left = Area(box.x_mm, y_mm, box.width_mm, box.bottom_mm - y_mm)
        due = chosen(statements, *part.statements)
        match part.shows:
            case "hazards":
                warned = hazards(statements, left)
                yield from warned
                y_mm = max((item.box.bottom_mm for item in warned), default=y_mm)
            case "notices":
                yield from notices(due, left)
                y_mm += part.pitch_mm * len(due)
            case "statements":
                texts = flowed(due, left, part.size_mm, part.second_mm)
                yield from texts
                y_mm = max((text.box.bottom_mm for text in texts), default=y_mm)
            case _:
                assert_never(part.shows)
