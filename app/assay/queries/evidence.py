"""What the test runs of a lot's culture say, as evidence for its release. Not the verdict: that is the domain's.

What follows from bags, labels and weight (cells per bag, the endotoxin of the heaviest hour) is worked out by release.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, select

from app.assay.queries.runs import InterimFacts, ResultFacts, RunFacts, interims_of, results_of, runs_of_culture
from app.assay.words import target_slug
from app.db.models import Culture, ProductLot
from app.domain.cytotoxicity import Reason
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.release import Evidence, EvidenceStatus, evidence_status
from app.domain.vocabulary import Finding, TargetCells, TestKind


def lot_evidence(db: Connection, product_lot_code: str) -> tuple[Evidence, ...]:
    """All evidence from samples of the lot's culture, in four statements whatever its size.

    A run without a result yet speaks for every analyte it may have. Every run is there, also the failed ones.
    """
    culture = select(Culture.code).join(ProductLot, ProductLot.culture_id == Culture.id)
    culture_code = db.execute(culture.where(ProductLot.code == product_lot_code)).scalar_one_or_none()
    if culture_code is None:
        raise NotFound("not_on_file", f"No product lot is on file under {display(product_lot_code)}. Check the code.")
    runs = runs_of_culture(db, culture_code)
    run_ids = [run.id for run in runs]
    results, interims = results_of(db, run_ids), interims_of(db, run_ids)
    return tuple(item for run in runs for item in _evidence(run, results[run.id], interims[run.id]))


_CYTOTOXICITY: Final = tuple(
    analyte.format(target_slug(target)) for target in TargetCells for analyte in ("lysis_{}_20", "lu30_{}", "lu20_{}")
)
_ANALYTES: Final = {
    TestKind.COUNT_VIABILITY: ("viability",),
    TestKind.ENDOTOXIN: ("endotoxin", "endotoxin_worst_hour"),
    TestKind.APPEARANCE: ("appearance", "bag_integrity"),
    TestKind.CYTOTOXICITY_51CR: _CYTOTOXICITY,
}
"""What a run may speak for; any other test for the analyte of its own name."""


def _evidence(
    run: RunFacts, results: tuple[ResultFacts, ...], interims: tuple[InterimFacts, ...]
) -> Iterator[Evidence]:
    status = evidence_status(run.state)
    if status is None:
        return
    known = {result.analyte: result for result in results}
    for analyte in _ANALYTES.get(run.kind, (run.kind.value,)):
        if analyte in known:
            yield _from_result(run, status, known[analyte])
        elif status is not EvidenceStatus.FINAL and (not known or run.kind is TestKind.ENDOTOXIN):
            yield _without_result(run, status, analyte, interims)


def _from_result(run: RunFacts, status: EvidenceStatus, result: ResultFacts) -> Evidence:
    """The controls of one target of a plate may have failed while those of another hold."""
    if result.status == Reason.ASSAY_INVALID and status is not EvidenceStatus.INVALIDATED:
        status = EvidenceStatus.CONTROL_FAILED
    return Evidence(
        test=run.kind,
        analyte=result.analyte,
        reference=run.plate_code or run.sample.code,
        person=run.person,
        status=status,
        sampled_at=run.sample.taken_at,
        stage=run.sample.kind,
        measured_at=result.measured_at,
        value=result.value,
        unit=result.unit,
        censor=result.censor,
        finding=result.finding,
        due_at=run.due_at,
        note=result.note and result.note.removesuffix("."),
    )


def _without_result(
    run: RunFacts, status: EvidenceStatus, analyte: str, interims: tuple[InterimFacts, ...]
) -> Evidence:
    """A growth once seen is not undone by a later reading."""
    findings = [interim.finding for interim in interims]
    finding = Finding.GROWTH if Finding.GROWTH in findings else findings[-1] if findings else None
    return Evidence(
        test=run.kind,
        analyte=analyte,
        reference=run.plate_code or run.sample.code,
        person=run.person,
        status=status,
        sampled_at=run.sample.taken_at,
        stage=run.sample.kind,
        measured_at=interims[-1].read_at if interims else None,
        finding=finding,
        due_at=run.due_at,
    )
