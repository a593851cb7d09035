"""The chart's grid: what happened and what is planned on each day of a course, twenty days at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from app.domain.body import weight_change_percent
from app.domain.states import CollectionState, CultureState, InfusionState
from app.patients.queries.course_records import CourseRecords, CultureOnRecord
from app.patients.queries.words import words
from app.web import charts, formats

DAYS: Final = 20
HOLD_AT_GAIN_PERCENT: Final = 15
"""Weight gain above this is a relative reason to hold IL-2 (domain design, section 12); shown, never enforced."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one row. `state` is the class it is drawn with: phe, lak, due, plan or nothing."""

    word: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class DayRow:
    """One kind of event by day: its cells, the same in words, and the sum at the right."""

    label: str | Markup
    cells: tuple[Cell, ...]
    spoken: str
    total: Markup


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row that is a picture: bars of cultures, the trace of the weight."""

    label: str
    picture: Markup
    total: Markup


@dataclass(frozen=True, slots=True)
class DayByDay:
    """The grid. `table` says the same as day and words, for who does not see the picture."""

    began: str
    today: str
    header: tuple[Cell, ...]
    rows: tuple[DayRow, ...]
    drawn: tuple[DrawnRow, ...]
    table: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of a course on the clock of the site; `first` is the first day shown. Day 1 is `began`."""

    began: date
    now: datetime
    zone: str
    first: int = 1

    def day(self, at: datetime) -> int:
        """The day of the course of an instant."""
        return (formats.local(at, self.zone).date() - self.began).days + 1

    @property
    def today(self) -> int:
        """The day of the course today."""
        return self.day(self.now)

    def short_moment(self, at: datetime) -> str:
        """`14:06` today, `7 Dec 14:06` on another day of the course, for a narrow place."""
        time = formats.time_of(at, self.zone)
        is_today = self.day(at) == self.today
        return time if is_today else f"{formats.short_day(formats.local(at, self.zone).date())} {time}"

    def row(self, cells: Mapping[int, Cell]) -> tuple[Cell, ...]:
        """The cells of the days shown."""
        return tuple(cells.get(day, Cell()) for day in range(self.first, self.first + DAYS))


def day_by_day(records: CourseRecords, began: date, now: datetime, zone: str) -> DayByDay:
    """The grid of a course. A long course shows its last twenty days."""
    whole = Calendar(began, now, zone)
    latest = max([whole.today, *(whole.day(at) for at in _instants(records))])
    calendar = Calendar(began, now, zone, first=max(1, latest - DAYS + 1))
    rows = (_collections(records, calendar), _bags(records, calendar))
    return DayByDay(
        began=formats.date_text(began),
        today=formats.short_day(formats.local(now, zone).date()),
        header=calendar.row(
            {day: Cell(str(day), "today" if day == calendar.today else "") for day in range(1, latest + DAYS)}
        ),
        rows=rows,
        drawn=tuple(filter(None, (_cultures(records, calendar), _weight(records, calendar)))),
        table=tuple((row.label, row.spoken) for row in rows) + _told(records, calendar),
    )


def _instants(records: CourseRecords) -> Iterable[datetime]:
    yield from (each.started_at or each.planned_at for each in records.collections)
    yield from (each.started_at for each in records.infusions if each.started_at is not None)
    yield from (each.planned_at for each in records.dose_orders)


_NOTHING_COLLECTED: Final = {CollectionState.CANCELLED, CollectionState.ABANDONED}


def _collections(records: CourseRecords, calendar: Calendar) -> DayRow:
    cells: dict[int, Cell] = {}
    by_day: defaultdict[int, int] = defaultdict(int)
    for each in records.collections:
        day = calendar.day(each.started_at or each.planned_at)
        if each.state in _NOTHING_COLLECTED:
            continue
        if each.wbc_cells is None:
            is_due = each.started_at is not None or day <= calendar.today
            cells.setdefault(day, Cell(state="due" if is_due else "plan"))
        else:
            by_day[day] += each.wbc_cells
    cells |= {
        day: Cell(f"{Decimal(total) / 10**9:.{0 if total >= 10**9 else 1}f}", "phe") for day, total in by_day.items()
    }
    ordered = sum(order.collections_planned for order in records.orders if order.state.value != "cancelled")
    done = [each for each in records.collections if each.wbc_cells is not None and each.state not in _NOTHING_COLLECTED]
    said = ", ".join(f"{cell.word or 'planned'} on day {day}" for day, cell in sorted(cells.items()))
    return DayRow(
        Markup("Cells × 10<sup>9</sup>"),
        calendar.row(cells),
        f"White cells times ten to the ninth: {said or 'none yet'}",
        Markup("<b>{}</b> of {}").format(len(done), ordered),
    )


def _bags(records: CourseRecords, calendar: Calendar) -> DayRow:
    planned = {order.id: order.planned_at for order in records.dose_orders}
    given: defaultdict[int, int] = defaultdict(int)
    waiting: defaultdict[int, int] = defaultdict(int)
    for infusion in records.infusions:
        if infusion.started_at is not None:
            given[calendar.day(infusion.started_at)] += 1
        else:
            waiting[calendar.day(planned[infusion.dose_order_id])] += 1
    cells = {
        calendar.day(order.planned_at): Cell(state="plan")
        for order in records.dose_orders
        if order.state.value == "active" and calendar.day(order.planned_at) >= calendar.today
    }
    for day, bags in waiting.items():
        cells[day] = Cell(str(bags), "due" if day <= calendar.today else "plan")
    cells |= {day: Cell(str(bags), "lak") for day, bags in given.items()}
    said = ", ".join(f"{cell.word or 'planned'} on day {day}" for day, cell in sorted(cells.items()))
    return DayRow("LAK bags", calendar.row(cells), f"LAK bags: {said or 'none yet'}", _bags_total(records, calendar))


def _bags_total(records: CourseRecords, calendar: Calendar) -> Markup:
    waiting = {each.dose_order_id for each in records.infusions if each.state is InfusionState.CONFIRMED}
    due = [order.planned_at for order in records.dose_orders if order.id in waiting]
    if due:
        return Markup("due <b>{}</b>").format(calendar.short_moment(min(due)))
    given = sum(1 for each in records.infusions if each.started_at is not None)
    return Markup("<b>{}</b> of {}").format(given, len(records.bags))


_GROWN: Final = {CultureState.HARVESTED, CultureState.FORMULATED, CultureState.CLOSED}


def _cultures(records: CourseRecords, calendar: Calendar) -> DrawnRow | None:
    if not records.cultures:
        return None
    last = calendar.first + DAYS - 1
    bars = []
    for each in records.cultures:
        first, end = _span(each, calendar)
        if end >= calendar.first and first <= last:
            place = max(first, calendar.first) - calendar.first + 1, min(end, last) - calendar.first + 1
            bars.append(charts.Span(*place, f"{each.number}, {_growing(each)}", _bar(each)))
    grown = sum(1 for each in records.cultures if each.state in _GROWN)
    title = "; ".join(text for _, text in _cultures_told(records, calendar))
    total = Markup("<b>{}</b> of {}").format(grown, len(records.cultures))
    return DrawnRow("Cultures", charts.spans(bars, days=DAYS, title=title), total)


def _span(culture: CultureOnRecord, calendar: Calendar) -> tuple[int, int]:
    first = calendar.day(culture.seeded_at or culture.opened_at)
    if culture.harvested_at is not None:
        return first, calendar.day(culture.harvested_at)
    if culture.seeded_at is None or culture.state is CultureState.STOPPED:
        return first, first
    return first, max(first, calendar.day(culture.seeded_at + timedelta(hours=culture.harvest_until_h or 0)))


def _growing(culture: CultureOnRecord) -> str:
    return "growing" if culture.state is CultureState.INCUBATING else words(culture.state)


def _bar(culture: CultureOnRecord) -> str:
    if culture.state in _GROWN:
        return "done"
    return "on" if culture.state in {CultureState.IN_PROCESS, CultureState.INCUBATING} else "plan"


def _cultures_told(records: CourseRecords, calendar: Calendar) -> tuple[tuple[str, str], ...]:
    spans = ((each, *_span(each, calendar)) for each in records.cultures)
    return tuple((f"Culture {each.number}", f"day {first} to {last}, {_growing(each)}") for each, first, last in spans)


def _weight(records: CourseRecords, calendar: Calendar) -> DrawnRow | None:
    gains = _gains(records, calendar)
    shown = {day: gain for day, gain in gains.items() if day >= calendar.first}
    if not shown:
        return None
    top = max(shown, key=lambda day: shown[day])
    points = [
        charts.Measured(day - calendar.first + 1, float(gain), label=_signed(gain) if day == top and gain > 1 else "")
        for day, gain in sorted(shown.items())
    ]
    latest = _signed(shown[max(shown)])
    picture = charts.trace(
        points,
        days=DAYS,
        title=f"Weight against the first day: {latest}% now, at most {_signed(shown[top])}% on day {top}",
        ceiling=max(HOLD_AT_GAIN_PERCENT + 2.0, float(shown[top])),
        limit=charts.Measured(0, HOLD_AT_GAIN_PERCENT, label=f"hold at {HOLD_AT_GAIN_PERCENT}%"),
    )
    return DrawnRow("Weight", picture, Markup("<b>{}%</b>").format(latest))


def _gains(records: CourseRecords, calendar: Calendar) -> dict[int, Decimal]:
    """Percent gained since the first verified weight, the last of each day."""
    if not records.weights:
        return {}
    baseline = Decimal(records.weights[0][1])
    return {calendar.day(at): weight_change_percent(baseline, Decimal(weight_g)) for at, weight_g in records.weights}


def _signed(percent: Decimal) -> str:
    return f"{percent:+.1f}"


def _told(records: CourseRecords, calendar: Calendar) -> tuple[tuple[str, str], ...]:
    gains = ", ".join(f"{_signed(gain)}% on day {day}" for day, gain in sorted(_gains(records, calendar).items()))
    return (*_cultures_told(records, calendar), ("Weight", gains or "none verified yet"))
