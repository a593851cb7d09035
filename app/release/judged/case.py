"""Everything a decision about one lot rests on, read in a bounded number of statements and judged by pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from app.assay.queries import lot_evidence
from app.custody.links import chains_of_lot
from app.db.models import Bag, Course, Culture, Patient, ProductLot, Site, Specification, SpecificationCriterion
from app.domain.custody import CustodyChain
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.release import Criterion, DerivedFrom, Evaluation, Evidence, evaluate, evaluation_record
from app.domain.release import Specification as Rules
from app.domain.signing import RecordValue, canonical_record
from app.domain.states import LotState
from app.release.judged.blockers import find_blockers
from app.release.judged.derived import derived_evidence


@dataclass(frozen=True, slots=True)
class LotFacts:
    """The lot, whose it is, and what it pinned."""

    id: int
    code: str
    row_version: int
    state: LotState
    course_id: int
    course_code: str
    patient_id: int
    culture_id: int
    culture_code: str
    specification_id: int
    expires_at: datetime | None
    zone: ZoneInfo
    is_demo: bool


@dataclass(frozen=True, slots=True)
class BagFacts:
    """One bag of the lot with its judged chain of custody."""

    id: int
    code: str
    division: int
    viable_cells: int
    volume_ul: int
    state: str
    expires_at: datetime
    chain: CustodyChain


@dataclass(frozen=True, slots=True)
class ReleaseCase:
    """A lot, its bags, the evidence, and what the rules say about them now."""

    lot: LotFacts
    bags: tuple[BagFacts, ...]
    evidence: tuple[Evidence, ...]
    evaluation: Evaluation

    @property
    def record(self) -> str:
        """The exact text of what is decided upon: the same facts give the same text."""
        body: dict[str, RecordValue] = {
            "lot": self.lot.code,
            "course": self.lot.course_code,
            "bags": [
                {"code": bag.code, "viable_cells": bag.viable_cells, "volume_ul": bag.volume_ul} for bag in self.bags
            ],
            "evaluation": evaluation_record(self.evaluation, self.lot.zone),
        }
        return canonical_record(body).decode()


def release_case(db: Connection, lot_code: str, now: datetime) -> ReleaseCase:
    """Read and judge one lot. Refuses a lot that is not on file."""
    lot = _lot(db, lot_code)
    bags = _bags(db, lot)
    evidence = (*lot_evidence(db, lot.code), *derived_evidence(db, lot.id, lot.course_id, now))
    blockers = find_blockers(db, lot.id, {bag.code: bag.chain for bag in bags})
    return ReleaseCase(lot, bags, evidence, evaluate(_specification(db, lot.specification_id), evidence, blockers, now))


def _lot(db: Connection, code: str) -> LotFacts:
    row = db.execute(
        select(
            ProductLot.__table__, Course.code.label("course"), Culture.code.label("culture"), Site.zone, Site.is_demo
        )
        .join(Course, Course.id == ProductLot.course_id)
        .join(Culture, Culture.id == ProductLot.culture_id)
        .join(Patient, Patient.id == ProductLot.patient_id)
        .join(Site, Site.id == 1)
        .where(ProductLot.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No product lot is on file under {display(code)}. Check the code.")
    return LotFacts(
        id=row.id,
        code=row.code,
        row_version=row.row_version,
        state=row.state,
        course_id=row.course_id,
        course_code=row.course,
        patient_id=row.patient_id,
        culture_id=row.culture_id,
        culture_code=row.culture,
        specification_id=row.specification_id,
        expires_at=row.expires_at,
        zone=ZoneInfo(row.zone),
        is_demo=row.is_demo,
    )


def _bags(db: Connection, lot: LotFacts) -> tuple[BagFacts, ...]:
    chains = chains_of_lot(db, lot.id)
    rows = db.execute(select(Bag.__table__).where(Bag.product_lot_id == lot.id).order_by(Bag.division))
    return tuple(
        BagFacts(
            id=row.id,
            code=row.code,
            division=row.division,
            viable_cells=row.viable_cells,
            volume_ul=row.volume_ul,
            state=row.state,
            expires_at=row.expires_at,
            chain=chains[row.id],
        )
        for row in rows.all()
    )


def _specification(db: Connection, specification_id: int) -> Rules:
    head = db.execute(select(Specification.__table__).where(Specification.id == specification_id)).one()
    rows = db.execute(
        select(SpecificationCriterion.__table__)
        .where(SpecificationCriterion.specification_id == specification_id)
        .order_by(SpecificationCriterion.position)
    ).all()
    return Rules(
        name=head.name,
        version=head.version,
        is_example=head.is_example,
        effective_from=head.effective_from,
        criteria=_criteria(rows),
    )


def _criteria(rows: Sequence[Row[tuple[SpecificationCriterion]]]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(
            key=row.key,
            label=row.label,
            test=row.test,
            analyte=row.analyte,
            comparator=row.comparator,
            limit=row.limit_value,
            upper=row.limit_upper,
            words=tuple((row.limit_words or "").split()),
            unit=row.unit,
            timing=row.timing,
            severity=row.severity,
            source=row.source,
            stage=row.stage,
            any_of=row.any_of,
            statistic=row.statistic,
            derived_from=frozenset(DerivedFrom(word) for word in (row.derived_from or "").split()),
            valid_hours=row.valid_hours,
            decimals=row.decimals,
        )
        for row in rows
    )
