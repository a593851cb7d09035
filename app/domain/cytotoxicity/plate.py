"""The wells of one assay: position, role, reading, who excluded which. Not what they mean: that is `reduction`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.errors import Invalid
from app.domain.finite import not_negative, positive
from app.domain.instruments.plates import ROWS, PlateReadings, Reading, position_of
from app.domain.reasons import require_reason
from app.domain.vocabulary import Censor, WellRole

LARGEST_READING = 10**9
LARGEST_RATIO = 1000


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Who left something out (`user:7`) and why. The engine never excludes anything by itself."""

    by: str
    reason: str

    def __post_init__(self) -> None:
        require_reason(self.reason, "A well or point is left out only with a reason.")


@dataclass(frozen=True, slots=True)
class Well:
    """One well or tube. No `value` is a missing reading, `censor` a bound: neither enters a mean, neither is 0."""

    position: str
    role: WellRole
    value: Decimal | None
    effector_target_ratio: Decimal | None = None
    censor: Censor | None = None
    exclusion: Exclusion | None = None

    def __post_init__(self) -> None:
        if position_of(self.position) != self.position:
            raise Invalid("position_unknown", f"{self.position!r} is no well (A1 to H12) and no tube number.")
        if (self.role is WellRole.EXPERIMENTAL) != (self.effector_target_ratio is not None):
            raise Invalid(
                "ratio_where_effectors", f"Well {self.position}: effector wells, and only they, have an E:T ratio."
            )
        if self.effector_target_ratio is not None:
            ratio = positive(self.effector_target_ratio, f"the E:T ratio of well {self.position}")
            if ratio > LARGEST_RATIO:
                raise Invalid("ratio_out_of_range", f"Well {self.position}: an E:T ratio of {ratio} is not possible.")
        if self.value is not None and not_negative(self.value, f"well {self.position}") > LARGEST_READING:
            raise Invalid("reading_out_of_range", f"Well {self.position} reads more than any counter can.")

    @property
    def is_used(self) -> bool:
        """Whether it enters its group's mean."""
        return self.value is not None and self.censor is None and self.exclusion is None


@dataclass(frozen=True, slots=True)
class Plate:
    """All wells of one target on one plate. Each position stands in it once."""

    wells: tuple[Well, ...]

    def __post_init__(self) -> None:
        if not self.wells:
            raise Invalid("no_wells", "The plate has no wells. Choose a layout and a file.")
        position, times = Counter(well.position for well in self.wells).most_common(1)[0]
        if times > 1:
            raise Invalid("position_twice", f"Well {position} stands on the plate {times} times. Keep it once.")


@dataclass(frozen=True, slots=True)
class LayoutGroup:
    """Wells of one role in a saved layout: `A1-A6`, `B1-C3` (a rectangle), `13-15` (tubes), lists by comma."""

    role: WellRole
    positions: str
    effector_target_ratio: Decimal | None = None


def layout_positions(written: str) -> tuple[str, ...]:
    """Positions of a layout text, row by row. Refuses what is no position and a range that runs backwards."""
    return tuple(position for part in written.split(",") for position in _range(part.strip()))


def apply_layout(table: PlateReadings, layout: Sequence[LayoutGroup], quantity: str | None = None) -> tuple[Well, ...]:
    """Give the readings their roles. The saved layout decides, never the instrument; what it leaves out is ignored.

    A blank in the file is a missing reading. Refuses a position the file does not have, one the instrument flagged,
    one the layout names twice, and a file of several quantities when none is chosen.
    """
    quantities = {reading.quantity for reading in table.readings}
    if quantity is None and len(quantities) > 1:
        raise Invalid("several_quantities", f"The file holds {', '.join(sorted(quantities))}. Choose one of them.")
    readings = {read.position: read for read in table.readings if quantity in (None, read.quantity)}
    wells = tuple(
        _well(group, position, readings.get(position), position in table.blank_positions)
        for group in layout
        for position in layout_positions(group.positions)
    )
    return Plate(wells).wells


def _well(group: LayoutGroup, position: str, reading: Reading | None, is_blank: bool) -> Well:
    if reading is None and not is_blank:
        raise Invalid(
            "well_missing", f"The layout needs {position}, but the file has no reading there. Check file and layout."
        )
    if reading is not None and not reading.is_ok:
        raise Invalid(
            "reading_flagged",
            f"The instrument flagged {position} ({reading.instrument_status}), so it gives no result. Read it again.",
        )
    value, censor = (reading.value, reading.censor) if reading else (None, None)
    return Well(position, group.role, value, group.effector_target_ratio, censor)


def _range(written: str) -> Iterator[str]:
    first, last = (position_of(end.strip()) for end in (written.split("-", 1) * 2)[:2])
    if first is None or last is None or first.isdigit() != last.isdigit():
        raise Invalid("position_unknown", f"{written!r} is no position of a layout, such as A1, A1-A6 or 13-15.")
    if first.isdigit():
        yield from (str(tube) for tube in _upwards(int(first), int(last), written))
        return
    rows = _upwards(ROWS.index(first[0]), ROWS.index(last[0]), written)
    columns = _upwards(int(first[1:]), int(last[1:]), written)
    yield from (f"{ROWS[row]}{column}" for row in rows for column in columns)


def _upwards(first: int, last: int, written: str) -> range:
    if last < first:
        raise Invalid("range_backwards", f"{written!r} runs backwards. Begin with the upper left position.")
    return range(first, last + 1)
