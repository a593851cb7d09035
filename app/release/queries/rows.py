"""The rows of the release desk: criteria with what would change them, record lines, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.db.models import Deviation, RecordReview, ReleaseDecision, Signature
from app.domain.custody import ChainVerdict
from app.domain.identifiers import display
from app.domain.release import (
    Evidence,
    Judgement,
    Severity,
    Verdict,
    limit_in_words,
    result_in_words,
    what_would_change,
)
from app.domain.vocabulary import DeviationState
from app.release.judged import ReleaseCase
from app.web import formats

_CHIPS = {
    Verdict.PASS: ("ok", "circle-check", "Pass"),
    Verdict.FAIL: ("stop", "octagon-x", "Fail"),
    Verdict.INVALID: ("warn", "triangle-alert", "Invalid"),
    Verdict.NOT_DONE: ("warn", "circle-dashed", "Not done"),
    Verdict.PENDING: ("info", "hourglass", "Pending"),
}
_ORDER = (Verdict.FAIL, Verdict.INVALID, Verdict.NOT_DONE, Verdict.PENDING, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion: limit, result, evidence and verdict in one line, and what would change it."""

    title: str
    limit: str
    result: str
    evidence: str
    href: str
    kind: str
    icon: str
    word: str
    change: str
    source: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of the record: what it is, how it stands, and where to look."""

    word: str
    fact: str
    is_ok: bool
    href: str


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A signature on this lot, with printed name, time and meaning."""

    name: str
    meaning: str
    at: str


def criteria(case: ReleaseCase) -> tuple[CriterionRow, ...]:
    rows = sorted(case.evaluation.judgements, key=_place)
    return tuple(_criterion(case, judgement) for judgement in rows)


def _place(judgement: Judgement) -> tuple[bool, int]:
    """What decides comes first, and of it what does not pass."""
    return judgement.criterion.severity is Severity.REPORT, _ORDER.index(judgement.verdict)


def _criterion(case: ReleaseCase, judgement: Judgement) -> CriterionRow:
    criterion, item = judgement.criterion, judgement.deciding
    kind, icon, word = _CHIPS[judgement.verdict]
    if criterion.severity is Severity.REPORT and judgement.verdict is not Verdict.PASS:
        kind, icon, word = "none", "circle-dashed", "Not recorded"
    result, evidence, href = "no result", "", ""
    if item is not None:
        result = result_in_words(item, criterion) if item.measured_at is not None else "to come"
        evidence = _evidence_words(case, item)
        href = _evidence_href(item.reference)
    if judgement.verdict is Verdict.PENDING and item is not None and item.due_at is not None:
        result = f"due {formats.short_day(formats.local(item.due_at, case.lot.zone.key).date())}"
    return CriterionRow(
        title=criterion.title if criterion.unit in (None, "%", "cells") else f"{criterion.title}, {criterion.unit}",
        limit=limit_in_words(criterion),
        result=result,
        evidence=evidence,
        href=href,
        kind=kind,
        icon=icon,
        word=word,
        change=what_would_change(judgement, case.lot.zone),
        source=criterion.source,
    )


def _evidence_words(case: ReleaseCase, item: Evidence) -> str:
    """What the evidence is and when it was read: "Plate 09:38"."""
    word = {"BG": "Bag", "SM": "Test", "PL": "Plate"}.get(item.reference[:2], "Record")
    at = item.measured_at or item.sampled_at
    return f"{word} {formats.time_of(at, case.lot.zone.key)}"


def _evidence_href(reference: str) -> str:
    addresses = {"BG": "bags", "SM": "samples", "PL": "assays"}
    folder = addresses.get(reference[:2])
    return f"/{folder}/{reference[:14]}" if folder else ""


def record_lines(db: Connection, case: ReleaseCase) -> tuple[RecordLine, ...]:
    broken = [bag for bag in case.bags if bag.chain.verdict is ChainVerdict.BROKEN]
    links = sum(bag.chain.links for bag in case.bags)
    open_deviations = db.execute(
        select(Deviation.number).where(
            Deviation.course_id == case.lot.course_id, Deviation.state == DeviationState.OPEN
        )
    ).all()
    reviewed = db.execute(select(RecordReview.id).where(RecordReview.product_lot_id == case.lot.id).limit(1)).first()
    labels = [item for item in case.evidence if item.analyte == "label"]
    custody = (
        f"broken for {formats.count(len(broken), 'bag', 'bags')}" if broken else f"unbroken, {links} of {links} links"
    )
    deviations = formats.count(len(open_deviations), "open", "open") if open_deviations else "none open"
    batch = f"/batches/{case.lot.culture_code}"
    return (
        RecordLine("Custody", custody, not broken, f"/lots/{case.lot.code}"),
        RecordLine(
            "Labels",
            f"{len(labels)} of {len(case.bags)} applied",
            len(labels) == len(case.bags),
            f"/lots/{case.lot.code}",
        ),
        RecordLine("Batch record", display(case.lot.culture_code), is_ok=True, href=batch),
        RecordLine("Audit trail", "reviewed" if reviewed else "to be reviewed", reviewed is not None, batch),
        RecordLine("Deviations", deviations, not open_deviations, "/deviations"),
    )


def signatures(db: Connection, case: ReleaseCase, now: datetime) -> tuple[SignedLine, ...]:
    decisions = select(ReleaseDecision.id).where(ReleaseDecision.product_lot_id == case.lot.id)
    records = [f"product_lot:{case.lot.id}", *(f"release_decision:{key}" for key in db.execute(decisions).scalars())]
    rows = db.execute(select(Signature.__table__).where(Signature.record_of.in_(records)).order_by(Signature.id))
    zone = case.lot.zone.key
    return tuple(SignedLine(row.full_name, row.meaning.value, formats.moment(row.signed_at, zone, now)) for row in rows)
