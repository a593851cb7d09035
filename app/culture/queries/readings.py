"""The counts of a culture as they stand: vessels that still grow, and their readings without superseded ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, exists, select
from sqlalchemy.orm import aliased

from app.db.models import User, Vessel, VesselGroup, VesselReading
from app.domain.culture import judged_reading
from app.domain.limits import Grade
from app.domain.recipes import StepLimits
from app.domain.vocabulary import VesselState
from app.web import formats


@dataclass(frozen=True, slots=True)
class Reading:
    """One count. `is_odd` lies outside the usual range of its vessel."""

    id: int
    vessel_id: int
    day: int
    taken_at: datetime
    per_ml: int
    viability_percent: Decimal
    volume_ul: int
    reason: str | None
    entered_by_id: int
    entered_by: str
    verified_by_id: int | None

    @property
    def cells(self) -> Decimal:
        """Viable cells in the vessel: density times volume."""
        return Decimal(self.per_ml) * self.volume_ul / 1000

    def is_odd(self, filled_ml: Decimal, limits: StepLimits) -> bool:
        """Whether a value lies outside what is usual for a vessel filled to so many mL, under the pinned recipe."""
        judged = judged_reading(
            viable_cells_per_ml=Decimal(self.per_ml),
            viability_percent=self.viability_percent,
            volume_ml=Decimal(self.volume_ul) / 1000,
            filled_ml=filled_ml,
            limits=limits,
        )
        return any(value.grade is not Grade.OK for value in judged.values())


@dataclass(frozen=True, slots=True)
class Grown:
    """A vessel that still grows, and its readings in order."""

    id: int
    code: str
    member: int
    readings: tuple[Reading, ...]

    @property
    def last(self) -> Reading | None:
        """The last count."""
        return self.readings[-1] if self.readings else None

    def counted_today(self, now: datetime, zone: str) -> Reading | None:
        """The count of this day at the site."""
        today = formats.local(now, zone).date()
        return self.last if self.last and formats.local(self.last.taken_at, zone).date() == today else None

    def before_today(self, now: datetime, zone: str) -> Reading | None:
        """The last count of an earlier day."""
        today = formats.local(now, zone).date()
        earlier = [one for one in self.readings if formats.local(one.taken_at, zone).date() < today]
        return earlier[-1] if earlier else None


@dataclass(frozen=True, slots=True)
class Group:
    """How the vessels of a culture were seeded."""

    vessels: int
    volume_each_ul: int
    viable_cells_each: int

    @property
    def filled_ml(self) -> Decimal:
        """What each vessel was filled to."""
        return Decimal(self.volume_each_ul) / 1000

    @property
    def seeded_per_ml(self) -> Decimal:
        """Viable cells per mL at the seeding."""
        return Decimal(self.viable_cells_each) / self.filled_ml


def group_of(db: Connection, culture_id: int) -> Group | None:
    """The group; None before the seeding."""
    look = select(VesselGroup.vessel_count, VesselGroup.volume_each_ul, VesselGroup.viable_cells_each)
    found = db.execute(look.where(VesselGroup.culture_id == culture_id)).one_or_none()
    return None if found is None else Group(*found)


def growing_vessels(db: Connection, culture_id: int) -> tuple[Grown, ...]:
    """The vessels that still grow with all their readings, in two statements.

    By ix_vessel_culture_id_member and ix_vessel_reading_culture_id_id; a culture has at most 500 vessels.
    """
    readings: defaultdict[int, list[Reading]] = defaultdict(list)
    for reading in _readings(db, culture_id):
        readings[reading.vessel_id].append(reading)
    look = (
        select(Vessel.id, Vessel.code, Vessel.member)
        .where(Vessel.culture_id == culture_id, Vessel.state == VesselState.ACTIVE)
        .order_by(Vessel.member)
    )
    return tuple(
        Grown(vessel_id, code, member, tuple(readings[vessel_id])) for vessel_id, code, member in db.execute(look)
    )


def _readings(db: Connection, culture_id: int) -> tuple[Reading, ...]:
    later = aliased(VesselReading)
    look = (
        select(
            VesselReading.id,
            VesselReading.vessel_id,
            VesselReading.culture_day,
            VesselReading.taken_at,
            VesselReading.viable_cells_per_ml,
            VesselReading.viability_percent,
            VesselReading.volume_ul,
            VesselReading.reason,
            VesselReading.entered_by_id,
            User.full_name,
            VesselReading.verified_by_id,
        )
        .join(User, User.id == VesselReading.entered_by_id)
        .where(VesselReading.culture_id == culture_id, ~exists().where(later.corrects_id == VesselReading.id))
        .order_by(VesselReading.taken_at, VesselReading.id)
    )
    return tuple(Reading(*row) for row in db.execute(look))
