"""The numbers of a plate as they are stored, for programs. What people see is the page of the plate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from app.assay.queries.plates import plate_facts
from app.assay.queries.runs import run_record
from app.assay.reduction import to_explain
from app.domain.cytotoxicity import AssayResult, lytic_unit_sentence
from app.domain.states import RunState
from app.domain.vocabulary import TargetCells


@dataclass(frozen=True, slots=True)
class LyticUnitNumber:
    """A lytic unit: `value` is the number, or the bound of `below` and `above`. `sentence` says what it rests on."""

    definition: str
    status: str
    value: Decimal | None
    reason: str | None
    flags: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class TargetNumbers:
    """One target: % lysis at 20 to 1, S/M in percent and its basis, lytic units."""

    target: TargetCells
    is_valid: bool
    lysis_percent: Decimal | None
    s_over_m_percent: Decimal | None
    s_over_m_basis: str
    lytic_units: tuple[LyticUnitNumber, ...]


@dataclass(frozen=True, slots=True)
class PlateNumbers:
    """A plate; its results are preliminary until the run is approved."""

    plate_code: str
    sample_code: str
    number: int
    state: RunState
    version: int
    engine_version: str
    file_sha256: str | None
    wells_to_explain: tuple[str, ...]
    targets: tuple[TargetNumbers, ...]


def plate_numbers(db: Connection, code: str) -> PlateNumbers:
    """The stored results of a plate."""
    plate = plate_facts(db, code)
    assays = plate.assays
    return PlateNumbers(
        plate_code=code,
        sample_code=plate.sample_code,
        number=plate.number,
        state=run_record(db, plate.sample_code, plate.number).run.state,
        version=plate.version,
        engine_version=plate.engine_version,
        file_sha256=plate.file_sha256,
        wells_to_explain=to_explain(assays, plate.judged),
        targets=tuple(_numbers(target, assay) for target, assay in assays.items()),
    )


def _numbers(target: TargetCells, assay: AssayResult) -> TargetNumbers:
    return TargetNumbers(
        target=target,
        is_valid=assay.reduction.is_valid,
        lysis_percent=assay.reference_lysis_percent,
        s_over_m_percent=assay.reduction.s_over_m.judged_percent,
        s_over_m_basis=assay.reduction.s_over_m.basis.value,
        lytic_units=tuple(
            LyticUnitNumber(
                definition=str(units.definition),
                status=units.status.value,
                value=units.value,
                reason=units.reason and units.reason.value,
                flags=tuple(flag.value for flag in units.flags),
                sentence=lytic_unit_sentence(assay, units),
            )
            for units in assay.lytic_units
        ),
    )
