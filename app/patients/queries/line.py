"""The line of a bag: collection, culture, harvest, bag, infusion of one course, laid out in fixed columns.

x is the stage, y the mean of the parents; the chosen bag's line is lit. Lots of other bags stand as one node each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from app.domain.identifiers import display
from app.domain.states import BagState, CollectionState, CultureState
from app.patients.queries.course_records import BagOnRecord, CourseRecords, LotOnRecord
from app.patients.queries.days import Calendar
from app.patients.queries.words import words
from app.web import charts, formats

MOST_HALF_ROWS: Final = 20
"""The picture has room for ten nodes in a column; a taller line is shown as its table alone."""


INFUSION: Final = 5
"""The last column."""


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of the line. `place` are its grid classes, `state` is hot, now, plan or nothing."""

    place: str
    state: str
    name: str
    what: Markup
    href: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """One bag's line, as the table shows it: codes for the addresses, and the same as people read them."""

    bag_code: str
    bag: str
    lot_code: str
    lot: str
    culture_code: str
    culture: str
    collections: str
    infusion: str


@dataclass(frozen=True, slots=True)
class Line:
    """The genealogy of a course around one bag, if there is one. `nodes` is empty when the picture has no room."""

    title: str
    bag: str
    nodes: tuple[Node, ...]
    edges: Markup
    table: tuple[LineRow, ...]


@dataclass(slots=True)
class _Spot:
    """A node before it is drawn: its key, column, wanted half row, parents; planned ones are dashed."""

    key: str
    column: int
    row: float
    name: str
    what: Markup
    href: str
    parents: tuple[str, ...] = ()
    is_planned: bool = False


def line_of_bag(records: CourseRecords, chosen: str | None, calendar: Calendar, course_code: str) -> Line:
    """The line of the chosen bag, of the first bag still in play, or of the course while there is no bag."""
    bag = next((each for each in records.bags if each.code == chosen), None) or _in_play(records.bags)
    columns = [
        _collections(records, calendar),
        _cultures(records, calendar),
        _lots(records, calendar),
        _bags(records, bag),
        _infusions(records, bag, calendar, course_code),
    ]
    spots = _placed(columns)
    hot = _lit(spots, None if bag is None else f"bag {bag.id}")
    height = max((int(spot.row) + 1 for spot in spots.values()), default=0)
    is_drawn = 0 < height <= MOST_HALF_ROWS
    return Line(
        title="Line of the course" if bag is None else f"Line of bag {bag.division}",
        bag="" if bag is None else display(bag.code),
        nodes=tuple(_node(spot, hot) for spot in _in_reading_order(spots)) if is_drawn else (),
        edges=charts.edges(list(_links(spots, hot)), height) if is_drawn else Markup(""),
        table=tuple(_row(records, each) for each in records.bags),
    )


_DONE_WITH: Final = {
    BagState.INFUSED, BagState.PARTLY_INFUSED, BagState.WASTED, BagState.DESTROYED, BagState.TRANSFERRED_RESEARCH
}  # fmt: skip


def _in_play(bags: Sequence[BagOnRecord]) -> BagOnRecord | None:
    return next((bag for bag in bags if bag.state not in _DONE_WITH), bags[-1] if bags else None)


def _collections(records: CourseRecords, calendar: Calendar) -> list[_Spot]:
    spots = []
    for each in records.collections:
        if each.state in {CollectionState.CANCELLED, CollectionState.ABANDONED}:
            continue
        day = formats.short_day(formats.local(each.started_at or each.planned_at, calendar.zone).date())
        cells = Markup("") if each.wbc_cells is None else _cells(each.wbc_cells)
        what = Markup("{} · {}").format(day, cells or words(each.state))
        spots.append(
            _Spot(
                f"collection {each.id}",
                1,
                1,
                f"Collection {each.number}",
                what,
                f"/collections/{each.code}",
                is_planned=each.state is CollectionState.PLANNED,
            )
        )
    return spots


def _cultures(records: CourseRecords, calendar: Calendar) -> list[_Spot]:
    spots = []
    for each in records.cultures:
        what = words(each.state)
        if each.state is CultureState.INCUBATING and each.seeded_at is not None:
            what = f"growing, day {calendar.today - calendar.day(each.seeded_at)}"
        elif each.harvested_at is not None and each.seeded_at is not None:
            hours = int((each.harvested_at - each.seeded_at).total_seconds()) // 3600
            what = f"harvested, {hours}{formats.NBSP}h"
        parents = tuple(f"collection {collection}" for collection, culture in records.inputs if culture == each.id)
        href = f"/batches/{each.code}"
        spots.append(_Spot(f"culture {each.id}", 2, 1, f"Culture {each.number}", Markup.escape(what), href, parents))
    return spots


def _lots(records: CourseRecords, calendar: Calendar) -> list[_Spot]:
    return [
        _Spot(
            f"lot {each.id}",
            3,
            1,
            f"Harvest {number}",
            Markup("{} · {}").format(_day(each, calendar), _cells(each.harvested_viable_cells)),
            f"/lots/{each.code}",
            (f"culture {each.culture_id}",),
        )
        for number, each in enumerate(records.lots, start=1)
    ]


def _bags(records: CourseRecords, chosen: BagOnRecord | None) -> list[_Spot]:
    spots = []
    for lot in records.lots:
        sisters = [bag for bag in records.bags if bag.product_lot_id == lot.id]
        if chosen is not None and lot.id == chosen.product_lot_id:
            for bag in sisters:
                name, what = f"Bag {bag.division} of {len(sisters)}", Markup.escape(words(bag.state))
                spots.append(_Spot(f"bag {bag.id}", 4, 1, name, what, f"/bags/{bag.code}", (f"lot {lot.id}",)))
        elif sisters:
            what = Markup.escape(", ".join(sorted({words(bag.state) for bag in sisters})))
            name = formats.count(len(sisters), "bag", "bags").capitalize()
            spots.append(_Spot(f"bags {lot.id}", 4, 1, name, what, f"/lots/{lot.code}", (f"lot {lot.id}",)))
    return spots


def _infusions(records: CourseRecords, chosen: BagOnRecord | None, calendar: Calendar, course_code: str) -> list[_Spot]:
    lot_of = {bag.id: bag.product_lot_id for bag in records.bags}
    chosen_lot = None if chosen is None else chosen.product_lot_id
    spots = []
    for order in records.dose_orders:
        bags = [each.bag_id for each in records.infusions if each.dose_order_id == order.id]
        parents = {f"bag {bag}" if lot_of[bag] == chosen_lot else f"bags {lot_of[bag]}" for bag in bags}
        if not parents and order.state.value != "active":
            continue
        what = Markup.escape(calendar.short_moment(order.planned_at))
        href = f"/orders/{course_code}/{order.number}"
        spots.append(
            _Spot(
                f"infusion {order.id}",
                INFUSION,
                1,
                f"Infusion {order.number}",
                what,
                href,
                tuple(sorted(parents)),
                is_planned=not parents,
            )
        )
    return spots


def _placed(columns: Sequence[Sequence[_Spot]]) -> dict[str, _Spot]:
    """Give every node its half row: the mean of its parents, sisters spread around it, never two on one place."""
    placed: dict[str, _Spot] = {}
    for column in columns:
        for spot in column:
            rows = [placed[parent].row for parent in spot.parents if parent in placed]
            sisters = [other for other in column if other.parents == spot.parents] if rows else []
            turn = sisters.index(spot) * 2 - (len(sisters) - 1) if sisters else 0
            spot.row = sum(rows) / len(rows) + turn if rows else 1
        free = 1
        for spot in sorted(column, key=lambda each: each.row):
            spot.row = max(round(spot.row), free)
            free = int(spot.row) + 2
        placed |= {spot.key: spot for spot in column}
    return placed


def _lit(spots: dict[str, _Spot], chosen: str | None) -> set[str]:
    """The chosen bag with all it comes from and the infusion it goes into."""
    if chosen is None:
        return set()
    hot, waiting = {chosen}, [chosen]
    while waiting:
        fresh = [parent for parent in spots[waiting.pop()].parents if parent not in hot]
        hot.update(fresh)
        waiting += fresh
    return hot | {key for key, spot in spots.items() if chosen in spot.parents}


def _in_reading_order(spots: dict[str, _Spot]) -> list[_Spot]:
    """Line by line: after each node its children, once all their parents were read."""
    read: dict[str, _Spot] = {}

    def read_on(spot: _Spot) -> None:
        read[spot.key] = spot
        for child in spots.values():
            if child.key not in read and spot.key in child.parents and all(key in read for key in child.parents):
                read_on(child)

    for spot in spots.values():
        if spot.key not in read and not spot.parents:
            read_on(spot)
    return list(read.values())


def _links(spots: dict[str, _Spot], hot: set[str]) -> Iterable[charts.Link]:
    for spot in spots.values():
        for parent in (spots[key] for key in spot.parents):
            state = "hot" if {spot.key, parent.key} <= hot else ""
            yield charts.Link((parent.column, int(parent.row)), (spot.column, int(spot.row)), state)


def _node(spot: _Spot, hot: set[str]) -> Node:
    state = "plan" if spot.is_planned else ""
    if spot.key in hot:
        state = "now" if spot.column == INFUSION else "hot"
    return Node(f"k{spot.column} r{int(spot.row)}", state, spot.name, spot.what, spot.href)


def _row(records: CourseRecords, bag: BagOnRecord) -> LineRow:
    lot = next(each for each in records.lots if each.id == bag.product_lot_id)
    culture = next(each for each in records.cultures if each.id == lot.culture_id)
    used = {collection for collection, into in records.inputs if into == culture.id}
    given = next((each for each in records.infusions if each.bag_id == bag.id), None)
    return LineRow(
        bag_code=bag.code,
        bag=display(bag.code),
        lot_code=lot.code,
        lot=display(lot.code),
        culture_code=culture.code,
        culture=display(culture.code),
        collections=", ".join(str(each.number) for each in records.collections if each.id in used),
        infusion="none" if given is None else words(given.state),
    )


def _cells(number: int) -> Markup:
    return formats.power_of_ten(Decimal(number), 9, 0 if number >= 10**10 else 1)


def _day(lot: LotOnRecord, calendar: Calendar) -> str:
    is_today = calendar.day(lot.harvested_at) == calendar.today
    return "today" if is_today else formats.short_day(formats.local(lot.harvested_at, calendar.zone).date())
