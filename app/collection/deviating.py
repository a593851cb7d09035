"""Deviations that a collection opens by itself. Judging and closing them is the work of QA."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db.models import Collection, Deviation, ProductLot, Site
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.limits import Judgement
from app.domain.vocabulary import DeviationClass, DeviationState


def open_deviation(
    tx: Transaction, actor: Actor, about: Collection | ProductLot, grade: DeviationClass, what: str
) -> Deviation:
    """Open a deviation about a collection or lot. Open, it blocks every release of what grows from it."""
    deviation = Deviation(
        number=_next_number(tx),
        course_id=about.course_id,
        patient_id=about.patient_id,
        about=about.code,
        grade=grade,
        state=DeviationState.OPEN,
        what=what,
        opened_at=tx.now,
        opened_by_id=actor.user_id,
    )
    tx.session.add(deviation)
    tx.session.flush()
    return deviation


def deviate_outside_recipe(
    tx: Transaction, actor: Actor, collection: Collection, values: Sequence[Judgement], reason: str | None
) -> None:
    """Open a minor deviation when values lie outside the recipe's range, whatever reason was given."""
    if values:
        sentences = " ".join(value.sentence for value in values)
        open_deviation(tx, actor, collection, DeviationClass.MINOR, " ".join(filter(None, (sentences, reason))))


def _next_number(tx: Transaction) -> str:
    """`DV-26-0009`: numbered within the year of the site. The site's row is the lock that gives each number once."""
    zone = tx.session.execute(select(Site.zone).with_for_update()).scalar_one()
    year = f"DV-{tx.now.astimezone(ZoneInfo(zone)):%y}-"
    last = tx.session.execute(select(Deviation.number).order_by(Deviation.id.desc()).limit(1)).scalar_one_or_none()
    is_same_year = last is not None and last.startswith(year)
    return f"{year}{int((last or '').removeprefix(year)) + 1 if is_same_year else 1:04}"
