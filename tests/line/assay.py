"""From a culture to approved results, by the real commands, with the published plate of the instrument files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from app.assay import commands
from app.assay.records import approval
from app.assay.schemas import (
    ApproveTest,
    EnterCount,
    EnterEndotoxin,
    EnterFinding,
    EnterPlate,
    ImportPlate,
    JudgeWell,
    RecordInterim,
    RequestTest,
    StartTest,
    TakeSample,
    VerifyTest,
)
from app.domain.cytotoxicity.layouts import PlateLayout
from app.domain.vocabulary import Censor, Finding, SampleKind, TargetCells, TestKind, WellJudgement
from tests.people import SAM, TARA, THEO, Person
from tests.world import World

INSTRUMENTS = Path(__file__).resolve().parents[1] / "domain" / "instruments"
PLATE_FILE = "synthetic_plate_cpm_96.csv"
"""LU20/1e7 = 636.1 and LU30/1e7 = 389.2 by the exponential model."""

TUBE_FILE = "synthetic_gamma_list.csv"
"""The same wells as tubes of a gamma counter."""

GOOD = {
    TestKind.GRAM_STAIN: Finding.NO_ORGANISM,
    TestKind.IN_PROCESS_CULTURE: Finding.NO_GROWTH,
    TestKind.STERILITY: Finding.NO_GROWTH,
    TestKind.MYCOPLASMA: Finding.NOT_DETECTED,
    TestKind.APPEARANCE: Finding.NO_AGGREGATES,
    TestKind.IDENTITY: Finding.MATCH,
}
EVERY_TEST = (*GOOD, TestKind.COUNT_VIABILITY, TestKind.ENDOTOXIN, TestKind.CYTOTOXICITY_51CR)


@dataclass(frozen=True)
class Run:
    """A test of a sample."""

    sample: str
    number: int
    kind: TestKind

    @property
    def fields(self) -> dict[str, object]:
        """How every request names it."""
        return {"sample_code": self.sample, "number": self.number}


def sampled(world: World, culture: str, kind: SampleKind = SampleKind.FINAL_PRODUCT) -> str:
    """A sample Tara takes now; its code."""
    return world.act(TARA, commands.take_sample, TakeSample(culture_code=culture, kind=kind)).sample_code


def requested(world: World, sample: str, kind: TestKind, **changed: object) -> Run:
    """A test of the sample, not yet started."""
    given: dict[str, object] = {"sample_code": sample, "kind": kind, "method": "site procedure 12"}
    asked = RequestTest.model_validate(given | changed)
    return Run(sample, world.act(TARA, commands.request_test, asked).number, kind)


def start(world: World, run: Run) -> None:
    """The run begins with the sample scanned."""
    world.act(TARA, commands.start_test, StartTest(**run.fields, scanned=run.sample))


def running(world: World, sample: str, kind: TestKind, **changed: object) -> Run:
    """A started test of the sample."""
    run = requested(world, sample, kind, **changed)
    start(world, run)
    return run


def registered_tests(world: World, culture: str, kinds: Iterable[TestKind] = EVERY_TEST) -> tuple[Run, ...]:
    """One sample of the final product with every test requested and started, as before a harvest."""
    sample = sampled(world, culture)
    return tuple(running(world, sample, kind) for kind in kinds)


def register(world: World, culture: str) -> None:
    """What a harvest asks for: see `registered_tests`."""
    registered_tests(world, culture)


def runs_on(world: World, culture: str) -> tuple[Run, ...]:
    """Every run on samples of the culture."""
    look = (
        "SELECT s.code, r.number, r.kind FROM test_run r JOIN sample s ON s.id = r.sample_id"
        " JOIN culture c ON c.id = r.culture_id WHERE c.code = :code ORDER BY s.id, r.number"
    )
    rows = world.rows(look, code=culture)
    return tuple(Run(str(sample), int(str(number)), TestKind(str(kind))) for sample, number, kind in rows)


def plate_cells() -> tuple[str, ...]:
    """The 96 cells of the published plate, row by row."""
    lines = (INSTRUMENTS / PLATE_FILE).read_text().splitlines()[1:]
    return tuple(cell for line in lines for cell in line.split(",")[1:])


def plate_request(run: Run, **changed: object) -> EnterPlate:
    """The published plate, its wells entered by hand."""
    return EnterPlate.model_validate(_set_up(run) | {"cells": plate_cells()} | changed)


def import_request(run: Run, file: str = PLATE_FILE, **changed: object) -> ImportPlate:
    """The published plate as a file."""
    content = b64encode((INSTRUMENTS / file).read_bytes()).decode()
    return ImportPlate.model_validate(_set_up(run) | {"file_name": file, "content": content} | changed)


def enter_good_result(world: World, run: Run, who: Person = TARA) -> None:
    """A result that meets the example specification."""
    match run.kind:
        case TestKind.COUNT_VIABILITY:
            asked = EnterCount.model_validate(run.fields | {"viable_1e6_per_ml": "104", "viability_percent": "91.4"})
            world.act(who, commands.enter_count_viability, asked)
        case TestKind.ENDOTOXIN:
            endotoxin = EnterEndotoxin(**run.fields, eu_per_ml=Decimal("0.05"), censor=Censor.BELOW)
            world.act(who, commands.enter_endotoxin, endotoxin)
        case TestKind.CYTOTOXICITY_51CR:
            world.act(who, commands.enter_plate, plate_request(run, targets=(TargetCells.DAUDI,)))
        case _:
            integrity = Finding.INTACT if run.kind is TestKind.APPEARANCE else None
            finding = EnterFinding(**run.fields, finding=GOOD[run.kind], integrity=integrity)
            world.act(who, commands.enter_finding, finding)


def interim(world: World, run: Run, finding: Finding = Finding.NO_GROWTH) -> commands.InterimRecorded:
    """An interim reading of a culture bottle."""
    return world.act(TARA, commands.record_interim, RecordInterim(**run.fields, finding=finding))


def verify(world: World, run: Run, who: Person = THEO) -> None:
    """Theo compares the result with its source."""
    world.act(who, commands.verify_test, VerifyTest(**run.fields, row_version=version_of(world, run)))


def approve(world: World, run: Run, who: Person = SAM) -> None:
    """Sam's signature."""
    world.act(who, commands.approve_test, approve_request(world, run, who))


def approve_request(world: World, run: Run, who: Person = SAM) -> ApproveTest:
    """The signature over the record as the page shows it."""
    return ApproveTest(**run.fields, **world.signed(who, world.read(approval, run.sample, run.number).sha256))


def approved_result(world: World, run: Run) -> None:
    """A good result, entered by Tara, verified by Theo, approved by Sam."""
    enter_good_result(world, run)
    verify(world, run)
    approve(world, run)


def approved_results(world: World, culture: str, *, pending: Iterable[TestKind] = (TestKind.STERILITY,)) -> None:
    """Good results of every registered test but those still pending, which get an interim reading where they can."""
    open_kinds = frozenset(pending)
    for run in runs_on(world, culture):
        if run.kind not in open_kinds:
            approved_result(world, run)
        elif run.kind is TestKind.STERILITY:
            interim(world, run)


def judge(
    world: World, plate: str, position: str, judgement: WellJudgement, who: Person = TARA
) -> commands.WellDecided:
    """A well kept or excluded."""
    asked = JudgeWell(
        plate_code=plate, position=position, judgement=judgement, reason="a bubble was seen when it was pipetted"
    )
    return world.act(who, commands.judge_well, asked)


def version_of(world: World, run: Run) -> int:
    """The row version a page of this run would show."""
    look = (
        "SELECT r.row_version FROM test_run r JOIN sample s ON s.id = r.sample_id"
        " WHERE s.code = :sample AND r.number = :number"
    )
    ((version,),) = world.rows(look, sample=run.sample, number=run.number)
    return int(str(version))


def state_of(world: World, run: Run) -> str:
    """Where the run stands."""
    look = "SELECT r.state FROM test_run r JOIN sample s ON s.id = r.sample_id WHERE s.code = :sample AND r.number = :number"
    ((state,),) = world.rows(look, sample=run.sample, number=run.number)
    return str(state)


def _set_up(run: Run) -> dict[str, object]:
    return run.fields | {
        "layout": PlateLayout.ONE_TARGET,
        "targets": (TargetCells.K562,),
        "targets_per_well": 5000,
        "ratios": ("40", "20", "10", "5"),
        "duration_h": "4",
    }
