"""From a culture to approved results, by the real commands, with the published plate of the instrument files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.assay import commands
from app.assay.records import approval
from app.assay.schemas import (
    ApproveTest,
    EnterCount,
    EnterEndotoxin,
    EnterFinding,
    EnterPlate,
    JudgeWell,
    RecordInterim,
    RequestTest,
    StartTest,
    TakeSample,
    VerifyTest,
)
from app.domain.cytotoxicity.layouts import PlateLayout
from app.domain.vocabulary import Censor, Finding, SampleKind, TargetCells, TestKind, WellJudgement
from app.simulator.laboratory import Laboratory
from app.simulator.people import SAM, TARA, THEO, Person

ROW_A = (412, 398, 405, 421, 389, 402, 4105, 4220, 4168, 4077, 4190, 4143)
EXPERIMENTAL = ((3321, 3398, 3275), (2890, 2811, 2945), (2195, 2260, 2131), (1540, 1489, 1577))
BLANKS = (22, 25, 19)
"""A synthetic plate in counts per minute: LU20/1e7 = 636.1 and LU30/1e7 = 389.2 by the exponential model."""

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


def sampled(lab: Laboratory, culture: str, kind: SampleKind = SampleKind.FINAL_PRODUCT) -> str:
    """A sample Tara takes now; its code."""
    return lab.act(TARA, commands.take_sample, TakeSample(culture_code=culture, kind=kind)).sample_code


def requested(lab: Laboratory, sample: str, kind: TestKind, **changed: object) -> Run:
    """A test of the sample, not yet started."""
    given: dict[str, object] = {"sample_code": sample, "kind": kind, "method": "site procedure 12"}
    asked = RequestTest.model_validate(given | changed)
    return Run(sample, lab.act(TARA, commands.request_test, asked).number, kind)


def start(lab: Laboratory, run: Run) -> None:
    """The run begins with the sample scanned."""
    lab.act(TARA, commands.start_test, StartTest.model_validate(run.fields | {"scanned": run.sample}))


def running(lab: Laboratory, sample: str, kind: TestKind, **changed: object) -> Run:
    """A started test of the sample."""
    run = requested(lab, sample, kind, **changed)
    start(lab, run)
    return run


def registered_tests(lab: Laboratory, culture: str, kinds: Iterable[TestKind] = EVERY_TEST) -> tuple[Run, ...]:
    """One sample of the final product with every test requested and started, as before a harvest."""
    sample = sampled(lab, culture)
    return tuple(running(lab, sample, kind) for kind in kinds)


def register(lab: Laboratory, culture: str) -> None:
    """What a harvest asks for: see `registered_tests`."""
    registered_tests(lab, culture)


def runs_on(lab: Laboratory, culture: str) -> tuple[Run, ...]:
    """Every run on samples of the culture."""
    look = (
        "SELECT s.code, r.number, r.kind FROM test_run r JOIN sample s ON s.id = r.sample_id"
        " JOIN culture c ON c.id = r.culture_id WHERE c.code = :code ORDER BY s.id, r.number"
    )
    rows = lab.rows(look, code=culture)
    return tuple(Run(str(sample), int(str(number)), TestKind(str(kind))) for sample, number, kind in rows)


def plate_cells() -> tuple[str, ...]:
    """The 96 cells of the synthetic plate, row by row."""
    rows = [ROW_A, *EXPERIMENTAL, (), (), (*([""] * 9), *BLANKS)]
    return tuple(str(row[column]) if column < len(row) else "" for row in rows for column in range(12))


def plate_request(run: Run, **changed: object) -> EnterPlate:
    """The published plate, its wells entered by hand."""
    return EnterPlate.model_validate(set_up(run) | {"cells": plate_cells()} | changed)


def enter_good_result(lab: Laboratory, run: Run, who: Person = TARA) -> None:
    """A result that meets the example specification."""
    match run.kind:
        case TestKind.COUNT_VIABILITY:
            asked = EnterCount.model_validate(run.fields | {"viable_1e6_per_ml": "104", "viability_percent": "91.4"})
            lab.act(who, commands.enter_count_viability, asked)
        case TestKind.ENDOTOXIN:
            endotoxin = EnterEndotoxin.model_validate(
                run.fields | {"eu_per_ml": Decimal("0.05"), "censor": Censor.BELOW}
            )
            lab.act(who, commands.enter_endotoxin, endotoxin)
        case TestKind.CYTOTOXICITY_51CR:
            lab.act(who, commands.enter_plate, plate_request(run, targets=(TargetCells.DAUDI,)))
        case _:
            integrity = Finding.INTACT if run.kind is TestKind.APPEARANCE else None
            finding = EnterFinding.model_validate(run.fields | {"finding": GOOD[run.kind], "integrity": integrity})
            lab.act(who, commands.enter_finding, finding)


def interim(lab: Laboratory, run: Run, finding: Finding = Finding.NO_GROWTH) -> commands.InterimRecorded:
    """An interim reading of a culture bottle."""
    return lab.act(TARA, commands.record_interim, RecordInterim.model_validate(run.fields | {"finding": finding}))


def verify(lab: Laboratory, run: Run, who: Person = THEO) -> None:
    """Theo compares the result with its source."""
    lab.act(who, commands.verify_test, VerifyTest.model_validate(run.fields | {"row_version": version_of(lab, run)}))


def approve(lab: Laboratory, run: Run, who: Person = SAM) -> None:
    """Sam's signature."""
    lab.act(who, commands.approve_test, approve_request(lab, run, who))


def approve_request(lab: Laboratory, run: Run, who: Person = SAM) -> ApproveTest:
    """The signature over the record as the page shows it."""
    return ApproveTest.model_validate(run.fields | lab.signed(who, lab.read(approval, run.sample, run.number).sha256))


def approved_result(lab: Laboratory, run: Run) -> None:
    """A good result, entered by Tara, verified by Theo, approved by Sam."""
    enter_good_result(lab, run)
    verify(lab, run)
    approve(lab, run)


def approved_results(lab: Laboratory, culture: str, *, pending: Iterable[TestKind] = (TestKind.STERILITY,)) -> None:
    """Good results of every registered test but those still pending, which get an interim reading where they can."""
    open_kinds = frozenset(pending)
    for run in runs_on(lab, culture):
        if run.kind not in open_kinds:
            approved_result(lab, run)
        elif run.kind is TestKind.STERILITY:
            interim(lab, run)


def judge(
    lab: Laboratory, plate: str, position: str, judgement: WellJudgement, who: Person = TARA
) -> commands.WellDecided:
    """A well kept or excluded."""
    asked = JudgeWell(
        plate_code=plate, position=position, judgement=judgement, reason="a bubble was seen when it was pipetted"
    )
    return lab.act(who, commands.judge_well, asked)


def version_of(lab: Laboratory, run: Run) -> int:
    """The row version a page of this run would show."""
    look = (
        "SELECT r.row_version FROM test_run r JOIN sample s ON s.id = r.sample_id"
        " WHERE s.code = :sample AND r.number = :number"
    )
    ((version,),) = lab.rows(look, sample=run.sample, number=run.number)
    return int(str(version))


def state_of(lab: Laboratory, run: Run) -> str:
    """Where the run stands."""
    look = (
        "SELECT r.state FROM test_run r JOIN sample s ON s.id = r.sample_id"
        " WHERE s.code = :sample AND r.number = :number"
    )
    ((state,),) = lab.rows(look, sample=run.sample, number=run.number)
    return str(state)


def set_up(run: Run) -> dict[str, object]:
    return run.fields | {
        "layout": PlateLayout.ONE_TARGET,
        "targets": (TargetCells.K562,),
        "targets_per_well": 5000,
        "ratios": ("40", "20", "10", "5"),
        "duration_h": "4",
    }
