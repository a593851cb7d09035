"""The sentences people sign when they decide about a lot. What the words mean: `app.domain.signing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.figures import instant_in_words
from app.domain.identifiers import display
from app.domain.signing import Meaning, conditional_release_statement, statement
from app.domain.vocabulary import ReleaseKind

if TYPE_CHECKING:
    from app.release.judged.case import ReleaseCase

NO_STATION: Final = "Release at an enrolled station, such as the QA desk."


def review_statement(case: ReleaseCase) -> str:
    """What QA signs after reading the record."""
    return statement(Meaning.REVIEWED, f"lot {display(case.lot.code)}")


def decision_statement(case: ReleaseCase, kind: ReleaseKind) -> str:
    """What QA signs with the decision."""
    lot = f"lot {display(case.lot.code)}"
    if kind is ReleaseKind.REJECT:
        return statement(Meaning.REJECTED, lot)
    if kind is ReleaseKind.CONDITIONAL and case.evaluation.pending:
        return conditional_release_statement(
            lot, bags=len(case.bags), pending=pending_tests(case), physician="the prescribing physician"
        )
    return statement(Meaning.RELEASED, lot)


def acknowledgement_statement(case: ReleaseCase) -> str:
    """What the physician signs before a conditional release takes effect."""
    open_tests = "; ".join(pending_tests(case)) or "nothing"
    return statement(
        Meaning.ACKNOWLEDGED, f"the conditional release of lot {display(case.lot.code)}, pending {open_tests}"
    )


def pending_tests(case: ReleaseCase) -> list[str]:
    """Each pending test with the time its result is due."""
    words = []
    for judgement in case.evaluation.pending:
        due = judgement.deciding.due_at if judgement.deciding is not None else None
        until = f" until {instant_in_words(due, case.lot.zone)}" if due is not None else ""
        words.append(f"{judgement.criterion.label}{until}")
    return words
