"""Plates as they were read, what people decided about their wells, and the results as they were stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, select

from app.assay.reduction import Assays, Judged, ReadPlate, thawed
from app.db.models import Plate, PlateResult, PlateWell, RawFile, Sample, TestRun, User, WellJudged
from app.domain.cytotoxicity import Well
from app.domain.cytotoxicity.layouts import LaidWell, PlateLayout
from app.domain.errors import NotFound
from app.domain.identifiers import display


@dataclass(frozen=True, slots=True)
class JudgedWell:
    """One word about a well: what was decided, why, by whom and when."""

    position: str
    said: Judged
    at: datetime


@dataclass(frozen=True, slots=True)
class PlateFacts:
    """A plate with its wells, every word about them in order, and its stored results; `version` is the last."""

    id: int
    code: str
    sample_code: str
    number: int
    layout: PlateLayout
    read_at: datetime
    read_by: str
    file_name: str | None
    file_sha256: str | None
    read: ReadPlate
    words: tuple[JudgedWell, ...]
    version: int
    engine_version: str
    result_text: str

    @property
    def judged(self) -> dict[str, Judged]:
        """The last word about each well."""
        return {word.position: word.said for word in self.words}

    @property
    def assays(self) -> Assays:
        """The results as they were stored."""
        return thawed(self.result_text)


def read_plate(db: Connection, plate_id: int) -> ReadPlate:
    """The wells of a plate as they were read, in the order of the layout."""
    plate = db.execute(select(Plate.targets_per_well, Plate.duration_h).where(Plate.id == plate_id)).one()
    rows = db.execute(select(PlateWell.__table__).where(PlateWell.plate_id == plate_id).order_by(PlateWell.id))
    wells = tuple(
        LaidWell(
            row.target,
            Well(
                position=row.position,
                role=row.role,
                value=row.counts_per_minute,
                effector_target_ratio=row.effector_target_ratio,
                censor=row.censor,
            ),
        )
        for row in rows
    )
    return ReadPlate(plate.targets_per_well, Decimal(plate.duration_h), wells)


def words_about_wells(db: Connection, plate_id: int) -> tuple[JudgedWell, ...]:
    """Every word about the wells of a plate, oldest first (ix_well_judged_plate_id)."""
    rows = db.execute(
        select(WellJudged.__table__, User.full_name)
        .join(User, User.id == WellJudged.judged_by_id)
        .where(WellJudged.plate_id == plate_id)
        .order_by(WellJudged.id)
    )
    return tuple(
        JudgedWell(row.position, Judged(row.judgement, row.reason, row.full_name), row.judged_at) for row in rows
    )


def judged_wells(db: Connection, plate_id: int) -> dict[str, Judged]:
    """The last word about each well somebody judged."""
    return {word.position: word.said for word in words_about_wells(db, plate_id)}


def plate_facts(db: Connection, code: str) -> PlateFacts:
    """Everything about a plate in four statements, or the refusal that there is none."""
    row = db.execute(_last_result(code)).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No plate is on file under {display(code)}. Check the code and scan again.")
    return PlateFacts(
        id=row.id,
        code=row.code,
        sample_code=row.sample_code,
        number=row.number,
        layout=row.layout,
        read_at=row.read_at,
        read_by=row.full_name,
        file_name=row.name,
        file_sha256=row.sha256,
        read=read_plate(db, row.id),
        words=words_about_wells(db, row.id),
        version=row.version,
        engine_version=row.engine_version,
        result_text=row.result,
    )


def _last_result(code: str) -> Select[*tuple[Any, ...]]:  # Any: SQLAlchemy's own signature
    return (
        select(
            Plate.__table__,
            Sample.code.label("sample_code"),
            TestRun.number,
            User.full_name,
            RawFile.name,
            RawFile.sha256,
            PlateResult.version,
            PlateResult.engine_version,
            PlateResult.result,
        )
        .join(TestRun, TestRun.id == Plate.test_run_id)
        .join(Sample, Sample.id == TestRun.sample_id)
        .join(User, User.id == Plate.read_by_id)
        .join(RawFile, RawFile.id == Plate.raw_file_id, isouter=True)
        .join(PlateResult, PlateResult.plate_id == Plate.id)
        .where(Plate.code == code)
        .order_by(PlateResult.version.desc())
        .limit(1)
    )
