"""One lot as it stands now: its records read, its evidence judged by the rules, the sentences people sign."""

from app.release.judged.case import BagFacts, LotFacts, ReleaseCase, release_case
from app.release.judged.taking_part import parts_in
from app.release.judged.words import (
    NO_STATION,
    acknowledgement_statement,
    decision_statement,
    pending_tests,
    review_statement,
)

__all__ = [
    "NO_STATION",
    "BagFacts",
    "LotFacts",
    "ReleaseCase",
    "acknowledgement_statement",
    "decision_statement",
    "parts_in",
    "pending_tests",
    "release_case",
    "review_statement",
]
