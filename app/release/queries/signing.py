"""The two pages with one signature: reviewing the record, acknowledging a conditional release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.db.models import Course, ProductLot, ReleaseDecision
from app.domain.identifiers import display
from app.release.judged import (
    ReleaseCase,
    acknowledgement_statement,
    pending_tests,
    release_case,
    review_statement,
)
from app.release.queries.desk import record_hash
from app.release.queries.queue import awaiting_acknowledgement
from app.release.queries.rows import CriterionRow, criteria
from app.web.banner import Banner, banner_of


@dataclass(frozen=True, slots=True)
class SignPage:
    """A page with one signature: reviewing the record, or acknowledging a conditional release.

    `order` leads to the dose order once there is nothing to acknowledge any more.
    """

    code: str
    shown: str
    patient: Banner
    statement: str
    facts: tuple[str, ...]
    criteria: tuple[CriterionRow, ...]
    plan: str
    contact: str
    sha256: str
    is_due: bool
    order: str


def review_page(db: Connection, lot_code: str, now: datetime) -> SignPage:
    """What QA reads before signing the review."""
    case = release_case(db, lot_code, now)
    return _sign_page(db, case, review_statement(case), now, is_due=True, plan="", contact="")


def acknowledgement_page(db: Connection, lot_code: str, now: datetime) -> SignPage:
    """What the physician reads before acknowledging."""
    case = release_case(db, lot_code, now)
    look = select(ReleaseDecision.action_plan, ReleaseDecision.contact).where(
        ReleaseDecision.id.in_(awaiting_acknowledgement(case.lot.id))
    )
    row = db.execute(look.limit(1)).one_or_none()
    plan, contact = (row.action_plan or "", row.contact or "") if row is not None else ("", "")
    return _sign_page(
        db, case, acknowledgement_statement(case), now, is_due=row is not None, plan=plan, contact=contact
    )


def _sign_page(
    db: Connection, case: ReleaseCase, statement: str, now: datetime, *, is_due: bool, plan: str, contact: str
) -> SignPage:
    return SignPage(
        code=case.lot.code,
        shown=display(case.lot.code),
        patient=banner_of(db, case.lot.patient_id, now),
        statement=statement,
        facts=tuple(pending_tests(case)),
        criteria=criteria(case),
        plan=plan,
        contact=contact,
        sha256=record_hash(case),
        is_due=is_due,
        order=f"/orders/{_course(db, case)}/new",
    )


def _course(db: Connection, case: ReleaseCase) -> str:
    look = select(Course.code).join(ProductLot, ProductLot.course_id == Course.id)
    return db.execute(look.where(ProductLot.id == case.lot.id)).scalar_one()
