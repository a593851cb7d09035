"""What people sign about a culture, as the page shows it."""

from __future__ import annotations

from sqlalchemy import Connection, Row, func, select

from app.db.models import Bag, Course, Culture, ProductLot, Vessel
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.signing import Meaning, RecordValue, canonical_record
from app.domain.vocabulary import VesselState
from app.identity.signing import Signable
from app.patients.records import CoursePatient, course_patient


def culture_stop(db: Connection, code: str) -> Signable:
    """What a supervisor or QA signs to stop a culture."""
    found, about = _found(db, code)
    said = (
        f"I stop culture {display(code)} in {about.words}. What is left of it is discarded."
        " The treating physician was informed."
    )
    return _signable(found, about, Meaning.PERFORMED, said, {"record": "culture_stop", "vessels": found.vessels})


def culture_close(db: Connection, code: str) -> Signable:
    """What a supervisor signs to close a culture: its cells and the end of each bag."""
    found, about = _found(db, code)
    bags = select(Bag.code, Bag.state, Bag.viable_cells).where(Bag.product_lot_id == found.lot_id)
    said = f"I close culture {display(code)} in {about.words}. Labels are reconciled, and every bag has its end."
    record: dict[str, RecordValue] = {
        "record": "culture_close",
        "lot": found.lot_code,
        "harvested_viable_cells": found.harvested_viable_cells,
        "bags": [
            {"bag": row.code, "state": row.state, "viable_cells": row.viable_cells}
            for row in db.execute(bags.order_by(Bag.division))
        ],
    }
    return _signable(found, about, Meaning.REVIEWED, said, record)


def _found(db: Connection, code: str) -> tuple[Row[*tuple[object, ...]], CoursePatient]:
    vessels = select(func.count()).where(Vessel.culture_id == Culture.id, Vessel.state == VesselState.ACTIVE)
    look = (
        select(
            Culture.code,
            Culture.state,
            Culture.seeded_at,
            Culture.harvested_at,
            Course.code.label("course_code"),
            vessels.scalar_subquery().label("vessels"),
            ProductLot.id.label("lot_id"),
            ProductLot.code.label("lot_code"),
            ProductLot.harvested_viable_cells,
        )
        .join(Course, Course.id == Culture.course_id)
        .join(ProductLot, ProductLot.culture_id == Culture.id, isouter=True)
    )
    found = db.execute(look.where(Culture.code == code)).one_or_none()
    if found is None:
        raise NotFound("not_on_file", f"No culture is on file under {display(code)}. Check the code.")
    return found, course_patient(db, found.course_code)


def _signable(
    found: Row[*tuple[object, ...]],
    about: CoursePatient,
    meaning: Meaning,
    said: str,
    more: dict[str, RecordValue],
) -> Signable:
    record = canonical_record(
        {
            "culture": found.code,
            "course": found.course_code,
            "patient": about.patient_code,
            "state": found.state,
            "seeded_at": found.seeded_at,
            "harvested_at": found.harvested_at,
            **more,
        }
    )
    return Signable(meaning, said, f"culture:{found.code}", record.decode(), about.course_id, about.patient_id)
