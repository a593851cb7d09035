"""The second and the third pair of eyes on a result: verified by another person, approved under signature."""

from __future__ import annotations

from sqlalchemy import select

from app.assay.commands.runs import SampledRun, course_code, locked_run
from app.assay.commands.sampling import TestMoved
from app.assay.queries.runs import actors_of_run
from app.assay.records import approval
from app.assay.schemas import ApproveTest, VerifyTest
from app.db.finding import fresh
from app.db.models import Plate, PlateResult
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Mismatch, NearMiss, WrongState
from app.domain.independence import require_independent
from app.domain.roles import Action
from app.domain.states import RunAct
from app.identity.signing import sign


@command
def verify_test(tx: Transaction, actor: Actor, asked: VerifyTest) -> TestMoved:
    """Confirm a result against its source. Refused for who entered it or judged its wells, and while one is open."""
    tx.permit(actor, Action.VERIFY_RESULTS)
    of = locked_run(tx, asked.sample_code, asked.number)
    state = of.after(RunAct.VERIFY)
    fresh(of.run, asked.row_version)
    _require_settled_wells(tx, actor, of)
    if actor.user_id == of.run.entered_by_id:
        raise _own_entry(tx, of, "You entered this result yourself. Ask a colleague to verify it.")
    of.run.state, of.run.verified_by_id = state, actor.user_id
    return TestMoved(of.sample.code, of.run.number, state)


@command
def approve_test(tx: Transaction, actor: Actor, asked: ApproveTest) -> TestMoved:
    """Approve a verified result by signature. Refused for everybody who took part in the run or one it repeats."""
    tx.permit(actor, Action.APPROVE_RESULTS)
    of = locked_run(tx, asked.sample_code, asked.number)
    state = of.after(RunAct.APPROVE)
    db = tx.session.connection()
    require_independent(
        actor.user_id, actors_of_run(db, of.run.id), "approve this result", course_code(tx, of.run.course_id)
    )
    signature = sign(tx, actor, asked, approval(db, asked.sample_code, asked.number))
    of.run.approved_by_id, of.run.approval_signature_id, of.run.state = actor.user_id, signature.id, state
    return TestMoved(of.sample.code, of.run.number, state)


def _require_settled_wells(tx: Transaction, actor: Actor, of: SampledRun) -> None:
    look = (
        select(Plate.id, PlateResult.wells_to_explain)
        .join(PlateResult, PlateResult.plate_id == Plate.id)
        .where(Plate.test_run_id == of.run.id)
        .order_by(PlateResult.version.desc())
        .limit(1)
    )
    found = tx.session.execute(look).one_or_none()
    if found is None:
        return
    if found.wells_to_explain:
        wells = "1 flagged well is" if found.wells_to_explain == 1 else f"{found.wells_to_explain} flagged wells are"
        raise WrongState(
            "wells_not_explained", f"{wells} not explained yet. Keep or exclude each, with a reason, first."
        )
    judges = actors_of_run(tx.session.connection(), of.run.id)
    if any(part.user_id == actor.user_id and part.step == "judge_well" for part in judges):
        raise _own_entry(tx, of, "You decided about wells of this plate yourself. Ask a colleague to verify it.")


def _own_entry(tx: Transaction, of: SampledRun, sentence: str) -> Mismatch:
    near = NearMiss("verifies_own_entry", "verify_test", course_code(tx, of.run.course_id))
    return Mismatch("verifies_own_entry", sentence, near_miss=near)
