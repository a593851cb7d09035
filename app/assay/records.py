"""What people sign about a test run, as the page shows it. Page and command build it here: both have the same bytes."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from app.assay.queries.plates import plate_facts
from app.assay.queries.runs import RunRecord, run_record
from app.assay.words import TEST_WORDS
from app.domain.identifiers import display
from app.domain.signing import Meaning, RecordValue, canonical_record, statement
from app.identity.signing import Signable
from app.patients.records import course_patient


def approval(db: Connection, sample_code: str, number: int) -> Signable:
    """What a supervisor or QA signs to approve a run: everything that was read, by whom, and what was left out."""
    found = run_record(db, sample_code, number)
    run, about = found.run, course_patient(db, found.run.sample.course_code)
    said = statement(
        Meaning.APPROVED,
        f"the result of {TEST_WORDS[run.kind]}, test {number} of sample {display(sample_code)} in {about.words}",
    )
    record = canonical_record({
        "record": "test_approval",
        "course": about.course_code,
        "patient": about.patient_code,
        "culture": run.sample.culture_code,
        "sample": sample_code,
        "sample_kind": run.sample.kind,
        "taken_at": run.sample.taken_at,
        "test": number,
        "kind": run.kind,
        "method": run.method,
        "repeats": run.repeats_number,
        "entered_by": run.entered_by,
        "verified_by": run.verified_by,
        "results": _results(found),
        "interim": [
            {"day": interim.day, "finding": interim.finding, "read_at": interim.read_at, "person": interim.person}
            for interim in found.interims
        ],
        "plate": None if run.plate_code is None else _plate(db, run.plate_code),
    })  # fmt: skip
    reference = f"test_run:{sample_code}/{number}"
    return Signable(Meaning.APPROVED, said, reference, record.decode(), about.course_id, about.patient_id)


def _results(found: RunRecord) -> list[RecordValue]:
    return [
        {
            "analyte": result.analyte,
            "version": result.version,
            "value": result.value,
            "unit": result.unit,
            "censor": result.censor,
            "finding": result.finding,
            "status": result.status,
            "measured_at": result.measured_at,
        }
        for result in found.results
    ]


def _plate(db: Connection, code: str) -> RecordValue:
    plate = plate_facts(db, code)
    return {
        "code": code,
        "file_sha256": plate.file_sha256,
        "engine": plate.engine_version,
        "result_sha256": hashlib.sha256(plate.result_text.encode()).hexdigest(),
        "wells": [
            {
                "position": word.position,
                "judgement": word.said.judgement,
                "reason": word.said.reason,
                "by": word.said.by,
            }
            for word in plate.words
        ],
    }
