"""Items keep their places: inside the label, clear of each other, on whole dots, never too thin."""

from __future__ import annotations

import pytest

from app.domain.errors import Invalid
from app.domain.labels.spec import (
    Area,
    Box,
    Code,
    Item,
    LabelKind,
    LabelSpec,
    Line,
    Picture,
    Symbol,
    Symbology,
    Text,
)
from app.labels.drawing.placing import place
from tests.labels.examples import every_label

BAG = "BGD7M26000418M"


def spec(*items: Item, width_mm: float = 60, height_mm: float = 30) -> LabelSpec:
    return LabelSpec(LabelKind.BAG, BAG, 1, width_mm, height_mm, items, 1)


def square(x_mm: float = 2, y_mm: float = 2, module_mm: float = 0.5, least_mm: float = 0.25) -> Code:
    return Code("square symbol", Symbology.DATA_MATRIX, x_mm, y_mm, module_mm, BAG + "01", 0.0, least_mm)


def linear(height_mm: float = 7, x_mm: float = 4, y_mm: float = 2) -> Code:
    return Code("linear symbol", Symbology.CODE_128, x_mm, y_mm, 0.25, BAG, height_mm)


@pytest.mark.parametrize("dots_per_mm", [None, 8, 12])
@pytest.mark.parametrize("is_long", [False, True])
def test_every_kind_of_label_can_be_placed(dots_per_mm: int | None, is_long: bool) -> None:
    for is_demo in (False, True):
        for label, _ in every_label(is_long=is_long, is_demo=is_demo).values():
            assert len(place(label, dots_per_mm).items) == len(label.items)


@pytest.mark.parametrize(
    ("wanted_mm", "dots_per_mm", "module_mm"),
    [(0.5, None, 0.5), (0.5, 8, 4 / 8), (0.5, 12, 6 / 12), (0.375, 8, 3 / 8), (0.375, 12, 4 / 12), (0.25, 8, 2 / 8)],
)
def test_a_module_is_rounded_down_to_whole_dots(wanted_mm: float, dots_per_mm: int | None, module_mm: float) -> None:
    (placed,) = place(spec(square(module_mm=wanted_mm)), dots_per_mm).items
    assert placed.ink.width_mm == pytest.approx(16 * module_mm)
    assert placed.area.width_mm == pytest.approx(20 * module_mm)


@pytest.mark.parametrize(
    ("module_mm", "least_mm", "dots_per_mm"),
    [(0.24, 0.25, None), (0.24, 0.25, 8), (0.33, 0.26, 12), (0.169, 0.1, 8)],
)
def test_a_module_too_thin_is_refused_and_not_shrunk(
    module_mm: float, least_mm: float, dots_per_mm: int | None
) -> None:
    with pytest.raises(Invalid, match="square symbol") as caught:
        place(spec(square(module_mm=module_mm, least_mm=least_mm)), dots_per_mm)
    assert caught.value.code == "module_too_small"


@pytest.mark.parametrize(("height_mm", "is_taken"), [(6.2, False), (6.2625, True), (7, True)])
def test_bars_are_at_least_15_percent_of_their_width_high(height_mm: float, is_taken: bool) -> None:
    if is_taken:
        place(spec(linear(height_mm)))
        return
    with pytest.raises(Invalid) as caught:
        place(spec(linear(height_mm)))
    assert caught.value.code == "bars_too_low"


def test_the_quiet_zones_are_those_of_the_symbology() -> None:
    (of_square,) = place(spec(square())).items
    (of_linear,) = place(spec(linear())).items
    assert of_square.ink.x_mm - of_square.area.x_mm == pytest.approx(2 * 0.5)
    assert of_square.ink.y_mm - of_square.area.y_mm == pytest.approx(2 * 0.5)
    assert of_linear.ink.x_mm - of_linear.area.x_mm == pytest.approx(10 * 0.25)
    assert of_linear.ink.y_mm == of_linear.area.y_mm


@pytest.mark.parametrize(
    "item",
    [
        square(x_mm=1.9),
        square(y_mm=1.9),
        square(x_mm=50.1),
        square(y_mm=20.1),
        Line("rule", Area(0.9, 5, 10, 0.3)),
        Line("rule", Area(5, 28.8, 10, 0.3)),
        Text("words", Area(50, 5, 9.1, 4), "A", 3, 3),
    ],
)
def test_an_item_keeps_one_millimetre_from_the_edge(item: Item) -> None:
    with pytest.raises(Invalid, match=f"the {item.name} leaves the label") as caught:
        place(spec(item))
    assert caught.value.code == "item_leaves_label"


@pytest.mark.parametrize("item", [square(x_mm=2), square(y_mm=19), square(x_mm=49)])
def test_an_item_may_reach_that_millimetre(item: Code) -> None:
    place(spec(item))


@pytest.mark.parametrize(
    "other",
    [
        Text("words", Area(10, 3, 10, 4), "A", 3, 3),
        Line("rule", Area(10.9, 1, 0.3, 20)),
        square(x_mm=11),
        Symbol("picture", Area(5, 5, 9, 9), Picture.BIOHAZARD),
        Box("frame", Area(1.5, 1.5, 20, 20), 0.5),
    ],
)
def test_two_items_never_share_a_place(other: Item) -> None:
    with pytest.raises(Invalid, match="overlap") as caught:
        place(spec(square(), other))
    assert caught.value.code == "items_overlap"


def test_a_frame_may_hold_what_keeps_clear_of_its_lines() -> None:
    place(spec(Box("frame", Area(1, 1, 30, 20), 0.5), square(x_mm=4, y_mm=4)))


def test_a_refusal_names_label_and_item() -> None:
    long = Text("recipient name", Area(2, 2, 5, 4), "HALVORSEN, Ingrid", 4, 3)
    with pytest.raises(Invalid, match=r"bag label BG-D7M-26-000418-M 01, recipient name: .* does not fit"):
        place(spec(long))
