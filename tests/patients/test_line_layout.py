"""The line of a bag: fixed columns, each node at the mean of its parents, the chosen line lit, nothing overlapping."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.states import BagState, CollectionState, CultureState, InfusionState, LotState
from app.domain.vocabulary import OrderState
from app.patients.queries.course_records import (
    BagOnRecord,
    CollectionOnRecord,
    CourseRecords,
    CultureOnRecord,
    DoseOrderOnRecord,
    InfusionOnRecord,
    LotOnRecord,
)
from app.patients.queries.days import Calendar, day_by_day
from app.patients.queries.line import Line, line_of_bag

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
BEGAN = date(2026, 11, 16)
CALENDAR = Calendar(BEGAN, NOW, "Europe/Berlin")


def records(cultures: list[int], bags: int, given: int = 0) -> CourseRecords:
    """Cultures of so many collections each, a lot of `bags` bags from each, the first `given` bags infused."""
    count = sum(cultures)
    made = [
        BagOnRecord(
            100 * lot + n, f"BGD7M2600{lot:02}{n:02}0X", lot, n, BagState.AVAILABLE, 200_000, 2 * 10**10,
            NOW + timedelta(hours=4),
        )
        for lot in range(1, len(cultures) + 1)
        for n in range(1, bags + 1)
    ]  # fmt: skip
    infused = [bag.id for bag in made[:given]]
    return CourseRecords(
        collections=tuple(
            CollectionOnRecord(n, f"CN{n}", n, CollectionState.ACCEPTED, NOW, NOW - timedelta(days=4), 54 * 10**9)
            for n in range(1, count + 1)
        ),
        cultures=tuple(
            CultureOnRecord(n, f"BA{n}", n, CultureState.FORMULATED, NOW, NOW - timedelta(days=4), NOW, 96)
            for n in range(1, len(cultures) + 1)
        ),
        inputs=tuple(
            (sum(cultures[:at]) + n, at + 1) for at, inputs in enumerate(cultures) for n in range(1, inputs + 1)
        ),
        lots=tuple(
            LotOnRecord(n, f"PDD7M26000{n}00X", n, LotState.RELEASED, NOW, None, 44 * 10**9)
            for n in range(1, len(cultures) + 1)
        ),
        bags=tuple(made),
        infusions=tuple(InfusionOnRecord(bag, 1, InfusionState.RUNNING, 10**10, NOW, None, None) for bag in infused),
        dose_orders=(DoseOrderOnRecord(1, 1, OrderState.ACTIVE, 4 * 10**10, NOW),) if given else (),
        orders=(),
        weights=((NOW - timedelta(days=4), 68_000), (NOW, 69_972)),
    )


def drawn(of: CourseRecords, chosen: str | None = None) -> Line:
    return line_of_bag(of, chosen, CALENDAR, "TH1")


def places(line: Line) -> dict[str, tuple[int, int]]:
    split = {node.name: node.place.split() for node in line.nodes}
    return {name: (int(column[1:]), int(row[1:])) for name, (column, row) in split.items()}


def test_a_pool_of_two_collections_stands_between_them() -> None:
    at = places(drawn(records([2], 3)))
    assert at["Collection 1"] == (1, 1)
    assert at["Collection 2"] == (1, 3)
    assert at["Culture 1"] == (2, 2)
    assert at["Harvest 1"] == (3, 2)
    assert [at[f"Bag {n} of 3"][0] for n in (1, 2, 3)] == [4, 4, 4]


def test_the_chosen_line_is_lit_and_its_sisters_are_not() -> None:
    of = records([1, 1], 2, given=1)
    states = {node.name: node.state for node in drawn(of, of.bags[0].code).nodes}
    lit = {name for name, state in states.items() if state in {"hot", "now"}}
    assert lit == {"Collection 1", "Culture 1", "Harvest 1", "Bag 1 of 2", "Infusion 1"}
    assert states["Infusion 1"] == "now"
    assert "2\u00a0bags" in states, "the bags of the other lot stand as one node"


def test_lines_are_read_one_after_the_other() -> None:
    of = records([1, 1], 1)
    names = [node.name for node in drawn(of).nodes]
    assert names.index("Bag 1 of 1") < names.index("Collection 2")


def test_an_empty_course_has_neither_picture_nor_table() -> None:
    line = drawn(records([], 0))
    assert (line.nodes, line.table, line.bag) == ((), (), "")


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(0, 4), st.integers(0, 2))
def test_no_two_nodes_overlap_and_the_picture_fits_or_gives_way_to_the_table(
    cultures: list[int], bags: int, infused: int
) -> None:
    of = records(cultures, bags, given=min(infused, bags))
    line = drawn(of)
    assert len(line.table) == len(of.bags)
    rows: dict[int, list[int]] = {}
    for column, row in places(line).values():
        rows.setdefault(column, []).append(row)
    for taken in rows.values():
        taken.sort()
        assert all(later - earlier >= 2 for earlier, later in pairwise(taken))
        assert taken[0] >= 1
        assert taken[-1] <= 19


def test_the_grid_says_what_happened_on_which_day() -> None:
    grid = day_by_day(records([1], 2, given=1), BEGAN, NOW, "Europe/Berlin")
    cells, bags = grid.rows
    assert (cells.cells[7].word, cells.cells[7].state) == ("54", "phe")
    assert "54 on day 8" in cells.spoken
    assert (bags.cells[11].word, bags.cells[11].state) == ("1", "lak")
    assert [cell.word for cell in grid.header if cell.state == "today"] == ["12"]
    assert dict(grid.table)["Weight"] == "+0.0% on day 8, +2.9% on day 12"
    assert dict(grid.table)["Culture 1"] == "day 8 to 12, formulated"


def test_a_long_course_shows_its_last_twenty_days() -> None:
    grid = day_by_day(records([1], 0), date(2026, 10, 19), NOW, "Europe/Berlin")
    assert [cell.word for cell in grid.header] == [str(day) for day in range(21, 41)]
