"""Charts are drawn to scale, carry their finding as a title, and nothing the security policy would refuse."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.web import charts
from app.web.charts import Link, Measured, Series, Span
from app.web.drawing import Scale

RATIOS = ("2.5", "5", "10", "20", "40")
LYSIS = Series(
    points=(Measured(5, 31.0, error=2.0), Measured(40, 78.0), Measured(20, 31.0, label="B5", is_odd=True)),
    curve=((5, 31.0), (20, 71.0), (40, 78.0)),
    ghost=((5, 30.0), (40, 70.0)),
)


def drawn(chart: Markup) -> Xml.Element:
    return Xml.fromstring(str(chart))


def of_class(chart: Markup, name: str) -> list[Xml.Element]:
    return [part for part in drawn(chart).iter() if name in (part.get("class") or "").split()]


EVERY_CHART = {
    "dose response": charts.dose_response(
        [LYSIS, LYSIS, LYSIS], title="rises & falls", ratios=RATIOS, limit=Measured(20, 20, label="limit 20")
    ),
    "growth": charts.growth([Measured(0, 1.5, label="1.50")], title="rises & falls", band=[(0, 1.5, 1.5), (4, 0, 4)]),
    "trace": charts.trace(
        [Measured(1, 2.0), Measured(5, 7.1, label="7.1")],
        days=20,
        title="rises & falls",
        ceiling=16,
        limit=Measured(0, 15, label="hold at 15%"),
    ),
    "spans": charts.spans([Span(8, 12, "1, <harvested>", "done")], days=20, title="rises & falls"),
    "sparkline": charts.sparkline([37.0, 36.4], low=36.5, high=37.5, title="rises & falls"),
}


@pytest.mark.parametrize("chart", EVERY_CHART.values(), ids=EVERY_CHART)
def test_a_chart_is_one_image_whose_title_says_the_finding(chart: Markup) -> None:
    assert drawn(chart).get("role") == "img"
    assert drawn(chart).get("aria-label") == "rises & falls"


@pytest.mark.parametrize("chart", EVERY_CHART.values(), ids=EVERY_CHART)
def test_a_chart_carries_no_style_script_or_address(chart: Markup) -> None:
    for part in drawn(chart).iter():
        assert part.tag not in {"style", "script", "image", "use", "foreignObject"}
        assert not {"style", "href", "onload", "onclick"} & part.attrib.keys()


def test_each_target_has_its_own_mark_and_dash() -> None:
    chart = EVERY_CHART["dose response"]
    assert [len(of_class(chart, f"m{number}")) for number in range(3)] == [2, 2, 2]
    assert {part.get("class") for part in of_class(chart, "line")} == {"s0 line", "s1 line", "s2 line"}
    assert len(of_class(chart, "ghost")) == 3


def test_a_flagged_well_is_drawn_and_named_but_not_counted() -> None:
    chart = charts.dose_response([LYSIS], title="", ratios=RATIOS)
    (odd,) = of_class(chart, "odd")
    assert odd.get("r") == "7"
    assert "B5" in [part.text for part in of_class(chart, "said")]


def test_equal_steps_of_the_ratio_are_equally_far_apart() -> None:
    x = Scale(2.5, 40, 0, 400, is_log=True)
    assert [round(x(float(ratio))) for ratio in RATIOS] == [0, 100, 200, 300, 400]


def test_a_value_below_nothing_moves_the_foot_of_the_axis() -> None:
    below = Series(points=(Measured(5, -3.0),))
    labels = [part.text for part in drawn(charts.dose_response([below], title="", ratios=RATIOS)).iter("text")]
    assert labels[0] == "-20"


def test_a_whisker_spans_two_standard_errors() -> None:
    (whisker,) = of_class(charts.dose_response([LYSIS], title="", ratios=RATIOS), "whisker")
    length = float(whisker.get("y2") or 0) - float(whisker.get("y1") or 0)
    assert length == pytest.approx(4 / 80 * (272 - 54 - 14), abs=0.2)


@pytest.mark.parametrize(
    ("values", "kind"),
    [([36.5, 37.5], "okline"), ([36.5, 37.6], "warnline"), ([36.4, 37.0], "warnline")],
    ids=["at both limits", "above", "below"],
)
def test_a_sparkline_turns_amber_outside_its_range(values: list[float], kind: str) -> None:
    chart = charts.sparkline(values, low=36.5, high=37.5, title="")
    assert len(of_class(chart, kind)) == 1


def test_one_value_alone_can_be_drawn() -> None:
    assert of_class(charts.sparkline([37.0], low=36.5, high=37.5, title=""), "okline")
    assert of_class(charts.growth([], title="", band=[]), "s0")


def test_a_span_takes_the_columns_of_its_days() -> None:
    row = next(drawn(charts.spans([Span(8, 12, "1", "done"), Span(1, 20, "2", "on")], days=20, title="")).iter("tr"))
    assert [(cell.get("colspan"), cell.text) for cell in row] == [("7", None), ("5", "1"), ("8", None)]


def test_the_lit_line_is_drawn_last_so_that_nothing_covers_it() -> None:
    links = [Link((1, 1), (2, 1), "hot"), Link((1, 3), (2, 3), "plan"), Link((1, 5), (2, 5))]
    assert [path.get("class") for path in drawn(charts.edges(links, 6)).iter("path")] == ["plan", "", "hot"]


def test_an_edge_runs_from_the_right_side_of_the_parent_to_the_child() -> None:
    (path,) = drawn(charts.edges([Link((1, 2), (2, 4))], 6)).iter("path")
    assert path.get("d") == "M16.8 2.0C18.8 2.0 18.8 4.0 20.8 4.0"


@given(st.floats(0, 100), st.floats(0, 100))
def test_the_higher_value_is_drawn_higher(one: float, other: float) -> None:
    y = Scale(0, 100, 200, 10)
    assert (one > other) == (y(one) < y(other)) or abs(one - other) < 1e-9
