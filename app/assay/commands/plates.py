"""51Cr plates: entered cell by cell, pasted or imported; wells kept or excluded; every reduction kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from app.assay.commands.reducing import reduce_plate
from app.assay.commands.runs import SampledRun, course_code, explain, locked_run
from app.assay.schemas import EnterPlate, FileAnswers, ImportPlate, JudgeWell, PlateSetUp
from app.db.codes import next_code
from app.db.finding import load
from app.db.models import Plate, PlateResult, PlateWell, RawFile, Sample, TestRun, WellJudged
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.cytotoxicity.layouts import LaidWell, lay_out
from app.domain.entry import accept_entry
from app.domain.errors import Duplicate, Invalid, Mismatch, NearMiss, NotFound, WrongState
from app.domain.identifiers import Kind, display
from app.domain.instruments import PlateReadings, Question, read_instrument_file, read_pasted_grid
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import RunAct, RunState
from app.domain.sterility import reading_day
from app.domain.vocabulary import TestKind, WellJudgement

SHORTEST_H, LONGEST_H = Decimal("0.5"), Decimal(48)


@dataclass(frozen=True, slots=True)
class PlateEntered:
    """The plate, its run's state, and how many flagged wells somebody must explain. A known file is not new."""

    plate_code: str
    sample_code: str
    number: int
    state: RunState
    wells_to_explain: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class WellDecided:
    """The well, what was decided, and how many flagged wells are left to explain."""

    plate_code: str
    position: str
    judgement: WellJudgement
    wells_to_explain: int


@command
def enter_plate(tx: Transaction, actor: Actor, asked: EnterPlate) -> PlateEntered:
    """Enter a plate by its 96 cells. Controls that fail make the run fail; no number is reported then."""
    tx.permit(actor, Action.ENTER_RESULTS)
    of = _cytotoxicity(tx, asked)
    rows = ("\t".join(asked.cells[first : first + 12]) for first in range(0, 96, 12))
    return _kept(tx, actor, of, asked, read_pasted_grid("\n".join(rows)))


@command
def import_plate(tx: Transaction, actor: Actor, asked: ImportPlate) -> PlateEntered:
    """Import a plate from an instrument file, kept as it came. The same file again makes nothing new.

    Refused whole, with nothing written, when anything in it is unreadable or open.
    """
    tx.permit(actor, Action.IMPORT_RESULTS)
    of = _cytotoxicity(tx, asked)
    sha256 = hashlib.sha256(asked.content).hexdigest()
    known = _plate_of_file(tx, of, sha256)
    if known is not None:
        return _entered(tx, of, known, is_new=False)
    table = plate_readings(asked.content, asked)
    raw_file = RawFile(
        course_id=of.run.course_id,
        patient_id=of.run.patient_id,
        culture_id=of.run.culture_id,
        sha256=sha256,
        name=asked.file_name,
        content=asked.content,
        received_at=tx.now,
        received_by_id=actor.user_id,
    )
    return _kept(tx, actor, of, asked, table, raw_file)


@command
def judge_well(tx: Transaction, actor: Actor, asked: JudgeWell) -> WellDecided:
    """Keep or exclude a well, with a reason, and reduce the plate again; the earlier result stays."""
    tx.permit(actor, Action.ENTER_RESULTS)
    plate = load(tx, Plate, asked.plate_code)
    sample_code, number = tx.session.execute(
        select(Sample.code, TestRun.number)
        .join(Sample, Sample.id == TestRun.sample_id)
        .where(TestRun.id == plate.test_run_id)
    ).one()
    of = locked_run(tx, sample_code, number)
    if of.run.state is not RunState.ENTERED:
        raise WrongState("wells_are_settled", f"{of.words} takes no more decisions on wells. A repeat is a new plate.")
    _require_well(tx, plate, asked.position)
    reason = require_reason(asked.reason, f"Well {asked.position} is {_DONE[asked.judgement]} by a person.")
    tx.because(f"well_{_DONE[asked.judgement]}", reason)
    tx.session.add(
        WellJudged(
            course_id=plate.course_id,
            patient_id=plate.patient_id,
            culture_id=plate.culture_id,
            plate_id=plate.id,
            position=asked.position,
            judgement=asked.judgement,
            reason=reason,
            judged_at=tx.now,
            judged_by_id=actor.user_id,
        )
    )
    return WellDecided(plate.code, asked.position, asked.judgement, reduce_plate(tx, actor, of, plate))


def plate_readings(content: bytes, answers: FileAnswers) -> PlateReadings:
    """The readings of a plate file, or one sentence why it cannot be used. Writes nothing."""
    file = read_instrument_file(content, date_order=answers.date_order, decimal_mark=answers.decimal_mark)
    if not isinstance(file.table, PlateReadings):
        raise Invalid(
            "no_plate_in_file", "This file holds cell counts, no plate. Choose the file of the gamma counter."
        )
    for question in file.needs_confirmation:
        raise Invalid("file_leaves_open", _QUESTIONS[question], field=question.value)
    return file.table


_DONE = {WellJudgement.KEEP: "kept", WellJudgement.EXCLUDE: "excluded"}
_QUESTIONS = {
    Question.DECIMAL_MARK: "The numbers can be read with a decimal point or a decimal comma. Say which it is.",
    Question.DATE_ORDER: "The dates can begin with the day or with the month. Say which it is.",
}


def _cytotoxicity(tx: Transaction, asked: PlateSetUp) -> SampledRun:
    of = locked_run(tx, asked.sample_code, asked.number)
    if of.run.kind is not TestKind.CYTOTOXICITY_51CR:
        raise Mismatch(
            "another_test", f"Test {asked.number} is {of.words}; a plate is entered for a Cr-51 release assay."
        )
    if not SHORTEST_H <= asked.duration_h <= LONGEST_H:
        raise Invalid(
            "duration_impossible",
            f"The assay lasts {SHORTEST_H} to {LONGEST_H} h, usually 4. Check the duration.",
            field="duration_h",
        )
    return of


def _plate_of_file(tx: Transaction, of: SampledRun, sha256: str) -> Plate | None:
    """The plate this run already has from that file. Refuses a file that another run was read from."""
    look = select(RawFile, Plate).join(Plate, Plate.raw_file_id == RawFile.id).where(RawFile.sha256 == sha256)
    for raw_file, plate in tx.session.execute(look):
        if plate.test_run_id == of.run.id:
            return plate
        if raw_file.course_id != of.run.course_id:
            near = NearMiss("file_of_another", "import_plate", course_code(tx, of.run.course_id))
            sentence = "This file was imported for another patient. Stop, and look for the file of this plate."
            raise Mismatch("file_of_another", sentence, field="content", near_miss=near)
        raise Duplicate(
            "file_imported",
            f"This file is plate {display(plate.code)} already. A repeat is read again by the counter.",
            field="content",
        )
    return None


def _kept(
    tx: Transaction,
    actor: Actor,
    of: SampledRun,
    asked: PlateSetUp,
    table: PlateReadings,
    raw_file: RawFile | None = None,
) -> PlateEntered:
    state = of.after(RunAct.ENTER)
    wells = lay_out(table, asked.layout, asked.targets, asked.ratios)
    entry = accept_entry(asked.read_at, tx.now, asked.reason, field="read_at")
    reading_day(of.sample.taken_at, entry.at)  # refuses a reading before its sample
    explain(tx, entry, asked.reason)
    if raw_file is not None:
        tx.session.add(raw_file)
        tx.session.flush()
    plate = Plate(
        code=next_code(tx, Kind.PLATE),
        course_id=of.run.course_id,
        patient_id=of.run.patient_id,
        culture_id=of.run.culture_id,
        test_run_id=of.run.id,
        layout=asked.layout,
        targets_per_well=asked.targets_per_well,
        duration_h=asked.duration_h,
        raw_file_id=raw_file and raw_file.id,
        read_at=entry.at,
        read_by_id=actor.user_id,
    )
    _write_wells(tx, plate, wells)
    reduce_plate(tx, actor, of, plate, state)
    return _entered(tx, of, plate, is_new=True)


def _write_wells(tx: Transaction, plate: Plate, wells: Sequence[LaidWell]) -> None:
    tx.session.add(plate)
    tx.session.flush()
    tx.session.add_all(
        PlateWell(
            course_id=plate.course_id,
            patient_id=plate.patient_id,
            culture_id=plate.culture_id,
            plate_id=plate.id,
            position=laid.well.position,
            role=laid.well.role,
            target=laid.target,
            effector_target_ratio=laid.well.effector_target_ratio,
            counts_per_minute=laid.well.value,
            censor=laid.well.censor,
        )
        for laid in wells
    )
    tx.session.flush()


def _entered(tx: Transaction, of: SampledRun, plate: Plate, *, is_new: bool) -> PlateEntered:
    last = select(PlateResult.wells_to_explain).where(PlateResult.plate_id == plate.id)
    left = tx.session.execute(last.order_by(PlateResult.version.desc()).limit(1)).scalar_one()
    return PlateEntered(plate.code, of.sample.code, of.run.number, of.run.state, left, is_new)


def _require_well(tx: Transaction, plate: Plate, position: str) -> None:
    look = select(PlateWell.id).where(PlateWell.plate_id == plate.id, PlateWell.position == position)
    if tx.session.execute(look).first() is None:
        raise NotFound("no_such_well", f"Plate {display(plate.code)} has no well {position}.", field="position")
