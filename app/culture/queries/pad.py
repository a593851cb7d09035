"""One vessel on the number pad: its fields with what was before and what is usual, its total, its growth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection

from app.culture.queries.amounts import E9, typed_number
from app.culture.queries.head import Head, head_of
from app.culture.queries.readings import Group, Grown, Reading, group_of, growing_vessels
from app.domain.culture import density_limit, usual_volume_ml
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.limits import Range
from app.domain.recipes import RecipeStepKind, StepLimits
from app.web import formats
from app.web.charts import Measured, growth

E6: Final = 10**6


@dataclass(frozen=True, slots=True)
class Field:
    """A number on the pad: what stands in it, the value before, and what is usual."""

    value: str
    was_word: str
    was: str
    usual: str


@dataclass(frozen=True, slots=True)
class Total:
    """All viable cells of a vessel, in figures and words, with the ratio to the count before."""

    figures: Markup
    words: str


@dataclass(frozen=True, slots=True)
class Growth:
    """The line of one vessel, and the same as a table."""

    picture: Markup
    rows: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The vessel on the pad. Counted today, its reading is corrected, with a reason."""

    code: str
    code_text: str
    name: str
    title: str
    is_counted: bool
    density: Field
    viability: Field
    volume: Field
    total: Total | None
    growth: Growth
    verb: str


@dataclass(frozen=True, slots=True)
class Log:
    """A seeded culture at one moment: what every part of its log is made from."""

    head: Head
    group: Group
    vessels: tuple[Grown, ...]
    now: datetime
    zone: str

    @property
    def limits(self) -> StepLimits:
        """What the pinned recipe permits of growing vessels."""
        return self.head.limits(RecipeStepKind.SEED)

    def name(self, vessel: Grown) -> str:
        """`07`: as wide as the largest number."""
        return str(vessel.member).zfill(max(2, len(str(self.group.vessels))))

    def today(self, vessel: Grown) -> Reading | None:
        """The count of this day at the site."""
        return vessel.counted_today(self.now, self.zone)

    def before(self, vessel: Grown) -> Reading | None:
        """The last count of an earlier day."""
        return vessel.before_today(self.now, self.zone)

    def to_do(self, after: int) -> Grown | None:
        """The next vessel to count behind a member, then from the beginning."""
        waiting = [vessel for vessel in self.vessels if self.today(vessel) is None]
        return next((vessel for vessel in waiting if vessel.member > after), waiting[0] if waiting else None)


def log_of(db: Connection, code: str, now: datetime, zone: str) -> Log:
    """The log of a culture, or the refusal that nothing was seeded. Five statements."""
    head = head_of(db, code)
    group = group_of(db, head.id)
    if group is None:
        raise NotFound("not_seeded", f"Culture {head.text} is not seeded yet, so there is nothing to count.")
    return Log(head, group, growing_vessels(db, head.id), now, zone)


def typed_total(log: Log, vessel_code: str, per_ml_1e6: str, volume_ml: str) -> Total | None:
    """The total of what stands on the pad, density in 1e6/mL and volume in mL; None while a number is unfinished."""
    vessel = next((each for each in log.vessels if each.code == vessel_code), None)
    if vessel is None:
        raise NotFound("not_on_file", "That vessel does not grow in this culture. Load the page again.")
    density, volume = typed_number(per_ml_1e6), typed_number(volume_ml)
    return None if density is None or volume is None else _total(log, vessel, density * E6 * volume)


def on_pad(log: Log, vessel: Grown) -> Chosen:
    """The vessel as it stands on the pad."""
    today = log.today(vessel)
    following = log.to_do(vessel.member)
    is_last = following is None or following.id == vessel.id
    name = log.name(vessel)
    if today is not None:
        verb = f"Correct vessel {name}"
    else:
        verb = f"Save vessel {name}" if following is None or is_last else f"Next, vessel {log.name(following)}"
    return Chosen(
        code=vessel.code,
        code_text=display(vessel.code),
        name=name,
        title=f"Vessel {name} of {log.group.vessels}",
        is_counted=today is not None,
        density=_density(log, vessel),
        viability=_viability(log, vessel),
        volume=_volume(log, vessel),
        total=None if today is None else _total(log, vessel, today.cells),
        growth=_growth(log, vessel),
        verb=verb,
    )


def _density(log: Log, vessel: Grown) -> Field:
    before, today = log.before(vessel), log.today(vessel)
    was = log.group.seeded_per_ml if before is None else Decimal(before.per_ml)
    usual = _usual(density_limit(log.limits).warn, E6)
    return Field("" if today is None else _short(Decimal(today.per_ml) / E6), _word(before), _short(was / E6), usual)


def _viability(log: Log, vessel: Grown) -> Field:
    before, today = log.before(vessel), log.today(vessel)
    was = "not counted" if before is None else _short(before.viability_percent)
    value = "" if today is None else _short(today.viability_percent)
    return Field(value, _word(before), was, _usual(log.limits.row("viability_percent").warn))


def _volume(log: Log, vessel: Grown) -> Field:
    before, today = log.before(vessel), log.today(vessel)
    was = log.group.filled_ml if before is None else Decimal(before.volume_ul) / 1000
    value = "" if today is None else _short(Decimal(today.volume_ul) / 1000)
    return Field(value, _word(before), f"{was:,.0f}", _usual(usual_volume_ml(log.group.filled_ml)))


def _word(before: Reading | None) -> str:
    return "seeded" if before is None else f"day {before.day}"


def _usual(usual: Range | None, scale: int = 1) -> str:
    assert usual is not None, "what is counted has a usual range"
    low, high = (None if edge is None else formats.dose(edge / scale, "").strip() for edge in (usual.low, usual.high))
    return f"usual {formats.limit(low, high)}"


def _total(log: Log, vessel: Grown, cells: Decimal) -> Total:
    before = log.before(vessel)
    earlier = Decimal(log.group.viable_cells_each) if before is None else before.cells
    ratio = f", {formats.rounded(cells / earlier, 2)} times {_since(before)}" if earlier else ""
    return Total(formats.cells(cells, "viable cells"), f"{formats.cells_in_words(cells)}{ratio}")


def _since(before: Reading | None) -> str:
    return "the seeding" if before is None else f"day {before.day}"


def _growth(log: Log, vessel: Grown) -> Growth:
    """Cells by day over what the harvest usually recovers of the seeding."""
    seeded = Decimal(log.group.viable_cells_each)
    by_day = sorted(({0: seeded} | {reading.day: reading.cells for reading in vessel.readings}).items())
    first, last = by_day[0][1], by_day[-1][1]
    labels = {0: _two(first), by_day[-1][0]: _two(last)}
    points = [Measured(day, _1e9(cells), label=labels.get(day, "")) for day, cells in by_day]
    low, high = (seeded * edge / 100 for edge in _usual_recovery(log.head.limits(RecipeStepKind.HARVEST)))
    end = max(log.head.harvest_until_h / 24, by_day[-1][0])
    band = ((0.0, _1e9(seeded), _1e9(seeded)), (end, _1e9(low), _1e9(high)))
    title = f"Viable cells of vessel {log.name(vessel)}: {_two(first)} billion seeded, {_two(last)} billion at last"
    return Growth(growth(points, title=title, band=band), tuple((f"Day {day}", formats.cells(n)) for day, n in by_day))


def _usual_recovery(limits: StepLimits) -> tuple[Decimal, Decimal]:
    """Percent of the seeding from and to; a recipe may leave the upper end open, the picture then ends at what grew."""
    usual = limits.row("harvest_recovery_percent").warn
    low = Decimal(0) if usual is None or usual.low is None else usual.low
    return low, low if usual is None or usual.high is None else usual.high


def _two(cells: Decimal) -> str:
    return f"{cells / E9:.2f}"


def _1e9(cells: Decimal) -> float:
    return float(cells / E9)


def _short(value: Decimal) -> str:
    """A number for a field: as it was entered, without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
