"""Everything that changes a sample, a test run or a plate."""

from app.assay.commands.plates import PlateEntered, WellDecided, enter_plate, import_plate, judge_well
from app.assay.commands.results import (
    InterimRecorded,
    ResultEntered,
    enter_count_viability,
    enter_endotoxin,
    enter_finding,
    record_interim,
)
from app.assay.commands.reviewing import approve_test, verify_test
from app.assay.commands.sampling import SampleTaken, TestMoved, TestRequested, request_test, start_test, take_sample

__all__ = [
    "InterimRecorded",
    "PlateEntered",
    "ResultEntered",
    "SampleTaken",
    "TestMoved",
    "TestRequested",
    "WellDecided",
    "approve_test",
    "enter_count_viability",
    "enter_endotoxin",
    "enter_finding",
    "enter_plate",
    "import_plate",
    "judge_well",
    "record_interim",
    "request_test",
    "start_test",
    "take_sample",
    "verify_test",
]
