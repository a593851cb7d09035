"""What waits for a second person: weights and counts that somebody else entered. One statement each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from app.db.models import BodyWeight, Course, Culture, Patient, VesselReading
from app.domain.actor import Actor
from app.domain.states import CultureState
from app.domain.vocabulary import CourseState
from app.today.queries.laboratory import whose
from app.today.queries.task import LABORATORY, MOST_ROWS, WARD, Task

_COUNTED: Final = (CultureState.INCUBATING, CultureState.HARVESTED)


def counts(db: Connection, actor: Actor) -> Iterator[Task]:
    """Cultures with counts of others; ix_culture_state_id, then ix_vessel_reading_culture_id_id."""
    for code, since, number, *patient in db.execute(_COUNTS, {"oneself": actor.user_id}):
        what = "Verify 1 count" if number == 1 else f"Verify {number} counts"
        href = f"/batches/{code}/log#verify"
        yield Task(since, what, whose(*patient), code, "", "Verify", href, LABORATORY, has_deadline=False)


def weights(db: Connection, actor: Actor) -> Iterator[Task]:
    """The newest weights of others in active courses; ix_course_state_id, then ix_body_weight_course_id_measured_at."""
    for code, since, *patient in db.execute(_WEIGHTS, {"oneself": actor.user_id}):
        href = f"/courses/{code}/weight"
        yield Task(since, "Verify weight", whose(*patient), code, "", "Verify", href, WARD, has_deadline=False)


_corrected = VesselReading.__table__.alias("corrected")
_COUNTS: Final = (
    select(
        Culture.code,
        func.min(VesselReading.recorded_at),
        func.count(VesselReading.id),
        Patient.family_name,
        Patient.given_name,
        Patient.hospital_number,
    )
    .join(VesselReading, VesselReading.culture_id == Culture.id)
    .join(_corrected, _corrected.c.corrects_id == VesselReading.id, isouter=True)
    .join(Patient, Patient.id == Culture.patient_id)
    .where(
        Culture.state.in_(_COUNTED),
        VesselReading.verified_by_id.is_(None),
        VesselReading.entered_by_id != bindparam("oneself"),
        _corrected.c.id.is_(None),
    )
    .group_by(Culture.id, Patient.id)
    .order_by(Culture.id)
    .limit(MOST_ROWS)
)
_newer = BodyWeight.__table__.alias("newer")
_WEIGHTS: Final = (
    select(Course.code, BodyWeight.measured_at, Patient.family_name, Patient.given_name, Patient.hospital_number)
    .join(BodyWeight, BodyWeight.course_id == Course.id)
    .join(
        _newer,
        (_newer.c.course_id == BodyWeight.course_id) & (_newer.c.measured_at > BodyWeight.measured_at),
        isouter=True,
    )
    .join(Patient, Patient.id == Course.patient_id)
    .where(
        Course.state == CourseState.ACTIVE,
        BodyWeight.verified_by_id.is_(None),
        BodyWeight.entered_by_id != bindparam("oneself"),
        _newer.c.id.is_(None),
    )
    .order_by(Course.id)
    .limit(MOST_ROWS)
)
