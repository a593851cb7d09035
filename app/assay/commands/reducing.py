"""Reducing a plate as it stands and keeping what came out; the run moves with it. Nothing is entered here."""

from __future__ import annotations

from sqlalchemy import func, select

from app.assay.commands.runs import SampledRun, keep_results
from app.assay.queries.plates import judged_wells, read_plate
from app.assay.reduction import frozen, is_valid, measures, reduce_targets, to_explain
from app.db.models import Plate, PlateResult, TestRun
from app.db.transaction import Transaction
from app.deviations.opening import open_deviation
from app.domain.actor import Actor
from app.domain.cytotoxicity import ENGINE_VERSION
from app.domain.states import RunAct, RunState
from app.domain.vocabulary import DeviationClass


def reduce_plate(
    tx: Transaction, actor: Actor, of: SampledRun, plate: Plate, state: RunState = RunState.ENTERED
) -> int:
    """Reduce the plate as it stands, keep the result, move the run; answer how many wells are left to explain."""
    tx.session.flush()
    db = tx.session.connection()
    judged = judged_wells(db, plate.id)
    assays = reduce_targets(read_plate(db, plate.id), judged)
    open_wells = len(to_explain(assays, judged))
    last = select(func.max(PlateResult.version)).where(PlateResult.plate_id == plate.id)
    version = (tx.session.execute(last).scalar_one() or 0) + 1
    tx.session.add(
        PlateResult(
            course_id=plate.course_id,
            patient_id=plate.patient_id,
            culture_id=plate.culture_id,
            plate_id=plate.id,
            version=version,
            engine_version=ENGINE_VERSION,
            result=frozen(plate.code, version, assays),
            wells_to_explain=open_wells,
            computed_at=tx.now,
        )
    )
    keep_results(tx, actor, of.run, measures(assays), measured_at=plate.read_at)
    of.run.state = state
    of.run.entered_by_id = of.run.entered_by_id or actor.user_id
    if not is_valid(assays):
        tx.session.flush()
        of.run.state = of.after(RunAct.FAIL_CONTROLS)
        _deviate_when_again(tx, actor, of, plate)
    return open_wells


def _deviate_when_again(tx: Transaction, actor: Actor, of: SampledRun, plate: Plate) -> None:
    """Controls that fail in a run and in its repeat open a deviation by themselves (rules, section 10)."""
    before = select(TestRun.state).where(TestRun.id == of.run.repeats_id)
    if tx.session.execute(before).scalar_one_or_none() is RunState.CONTROL_FAILED:
        what = f"{of.words}: the controls failed in test {of.run.number} and in the test it repeats."
        open_deviation(tx, actor, plate, grade=DeviationClass.MAJOR, what=what)
