"""One lot on the release desk: what stands in the way, what its evidence says, and what may be signed now."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.domain.actor import Actor
from app.domain.identifiers import display
from app.domain.release import Outcome, summary
from app.domain.states import LotState
from app.domain.vocabulary import ReleaseKind
from app.release.judged import NO_STATION, ReleaseCase, decision_statement, parts_in, release_case
from app.release.queries.queue import QueueItem, awaiting_acknowledgement, queue
from app.release.queries.rows import CriterionRow, RecordLine, SignedLine, criteria, record_lines, signatures
from app.web import formats
from app.web.banner import Banner, banner_of

TO_DECIDE = (LotState.QUARANTINE, LotState.CONDITIONAL)


@dataclass(frozen=True, slots=True)
class ActForm:
    """One act that is legal now, with the sentence that is signed."""

    kind: str
    title: str
    statement: str
    button: str


@dataclass(frozen=True, slots=True)
class LotDesk:
    """One lot on the desk. `acts` are those its evidence permits now; `locked` says why there is none."""

    code: str
    shown: str
    row_version: int
    patient: Banner
    sentence: str
    meta: str
    bags: str
    specification: str
    blockers: tuple[str, ...]
    criteria: tuple[CriterionRow, ...]
    record: tuple[RecordLine, ...]
    signatures: tuple[SignedLine, ...]
    sha256: str
    standing: str
    acts: tuple[ActForm, ...]
    needs_plan: bool
    locked: str


@dataclass(frozen=True, slots=True)
class ReleaseDesk:
    """The page: queue at the left, one lot or none at the right."""

    to_decide: tuple[QueueItem, ...]
    waiting: tuple[QueueItem, ...]
    lot: LotDesk | None


def release_desk(db: Connection, lot_code: str | None, viewer: Actor, now: datetime) -> ReleaseDesk:
    """The queue (index on lot state and id), and the chosen lot judged now."""
    to_decide = queue(db, LotState.QUARANTINE, lot_code)
    waiting = queue(db, LotState.CONDITIONAL, lot_code)
    lot = None if lot_code is None else lot_desk(db, lot_code, viewer, now)
    return ReleaseDesk(to_decide, waiting, lot)


def lot_desk(db: Connection, lot_code: str, viewer: Actor, now: datetime) -> LotDesk:
    """One lot as it stands now."""
    case = release_case(db, lot_code, now)
    waits = _waits_for_physician(db, case)
    acts = _acts(case, waits=waits, at_station=viewer.station_id is not None)
    took_part = _took_part(db, case, viewer.user_id)
    expires = "not yet filled" if case.lot.expires_at is None else _expiry(case, now)
    return LotDesk(
        code=case.lot.code,
        shown=display(case.lot.code),
        row_version=case.lot.row_version,
        patient=banner_of(db, case.lot.patient_id, now),
        sentence=_sentence(case),
        meta=expires,
        bags=formats.count(len(case.bags), "bag", "bags"),
        specification=case.evaluation.specification.reference,
        blockers=tuple(blocker.sentence for blocker in case.evaluation.blockers),
        criteria=criteria(case),
        record=record_lines(db, case),
        signatures=signatures(db, case, now),
        sha256=record_hash(case),
        standing=_standing(took_part),
        acts=() if took_part else acts,
        needs_plan=any(act.kind == ReleaseKind.CONDITIONAL for act in acts),
        locked=_locked(case, waits=waits, took_part=took_part, at_station=viewer.station_id is not None),
    )


def record_hash(case: ReleaseCase) -> str:
    """The hash of the record as it is judged now: what a signature would bind."""
    return hashlib.sha256(case.record.encode()).hexdigest()


def _sentence(case: ReleaseCase) -> str:
    number = len(case.evaluation.blockers)
    first = f"{formats.count(number, 'thing', 'things')} in the way. " if number else ""
    return first + summary(case.evaluation)


def _expiry(case: ReleaseCase, now: datetime) -> str:
    assert case.lot.expires_at is not None
    zone = case.lot.zone.key
    at = formats.moment(case.lot.expires_at, zone, now)
    return f"expires {at}, {formats.relative(case.lot.expires_at, now)}"


def _acts(case: ReleaseCase, *, waits: bool, at_station: bool) -> tuple[ActForm, ...]:
    """The acts the evidence permits now, the first one the usual one; away from a station only the rejection."""
    if case.lot.state not in TO_DECIDE or waits:
        return ()
    acts = []
    outcome = case.evaluation.outcome
    if outcome is Outcome.ELIGIBLE and at_station:
        acts.append(_act(case, ReleaseKind.RELEASE, "Release lot"))
    if outcome is Outcome.CONDITIONAL_ELIGIBLE and case.lot.state is LotState.QUARANTINE and at_station:
        acts.append(_act(case, ReleaseKind.CONDITIONAL, "Release lot conditionally"))
    if case.lot.state is LotState.QUARANTINE:
        acts.append(_act(case, ReleaseKind.REJECT, "Reject lot"))
    return tuple(acts)


def _act(case: ReleaseCase, kind: ReleaseKind, button: str) -> ActForm:
    return ActForm(kind.value, f"Sign: {button.lower()}", decision_statement(case, kind), button)


def _waits_for_physician(db: Connection, case: ReleaseCase) -> bool:
    return db.execute(awaiting_acknowledgement(case.lot.id)).first() is not None


def _took_part(db: Connection, case: ReleaseCase, viewer_id: int) -> tuple[str, ...]:
    steps = {part.step for part in parts_in(db, case.lot.id, case.lot.culture_id) if part.user_id == viewer_id}
    return tuple(sorted(step.replace("_", " ") for step in steps))


def _standing(took_part: tuple[str, ...]) -> str:
    return f"You took part ({', '.join(took_part)})." if took_part else "You took part in none of its entries."


def _locked(case: ReleaseCase, *, waits: bool, took_part: tuple[str, ...], at_station: bool) -> str:
    if waits:
        return "It takes effect when the prescribing physician acknowledges it."
    if took_part:
        return f"You took part in this lot ({', '.join(took_part)}), so somebody else must decide."
    if case.lot.state not in TO_DECIDE:
        return f"This lot is {case.lot.state.value.replace('_', ' ')}; there is nothing to decide."
    return "" if at_station else f"This device is not enrolled. {NO_STATION}"
