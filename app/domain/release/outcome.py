"""What a lot may become: the outcome over all criteria and blockers, each named. Nothing is signed here.

House rule: rules, sections 6.3, 7.1 and 7.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.errors import Invalid, SpecificationNotMet
from app.domain.release.criteria import Evidence, EvidenceStatus, Severity, Specification, Timing
from app.domain.release.verdicts import Judgement, Verdict, any_of, judge
from app.domain.vocabulary import ReleaseKind, TestKind


class Outcome(StrEnum):
    """What the rules allow for the lot now."""

    ELIGIBLE = "eligible"
    CONDITIONAL_ELIGIBLE = "conditional_eligible"
    BLOCKED = "blocked"
    NOT_ELIGIBLE = "not_eligible"


class BlockerKind(StrEnum):
    """What stops a release beside the criteria."""

    OPEN_DEVIATION = "open_deviation"
    HOLD = "hold"
    BROKEN_CHAIN = "broken_chain"
    EXPIRED_MATERIAL = "expired_material"
    RECALLED_MATERIAL = "recalled_material"
    EQUIPMENT_OVERDUE = "equipment_overdue"
    UNVERIFIED_VALUE = "unverified_value"
    LABELS_NOT_RECONCILED = "labels_not_reconciled"
    RECORD_MISSING = "record_missing"
    REVIEW_MISSING = "review_missing"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LEDGER_UNREADABLE = "ledger_unreadable"
    IDENTITY_DOUBT = "identity_doubt"
    EXAMPLE_SPECIFICATION = "example_specification"


NEVER_ACCEPTED: Final = frozenset(
    {
        BlockerKind.CONSENT_WITHDRAWN,
        BlockerKind.LEDGER_UNREADABLE,
        BlockerKind.IDENTITY_DOUBT,
        BlockerKind.EXAMPLE_SPECIFICATION,
    }
)
"""Blockers that no exceptional release may accept (rules 6.3; the example specification: 6.5)."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing in the way. `what` names it: a code, or the value or record that is missing."""

    kind: BlockerKind
    what: str

    @property
    def sentence(self) -> str:
        """What is wrong with which thing, and what to do."""
        return _SENTENCES[self.kind].format(what=self.what)

    @property
    def can_be_accepted(self) -> bool:
        """Whether an exceptional release may name and accept it."""
        return self.kind not in NEVER_ACCEPTED


@dataclass(frozen=True, slots=True)
class Line:
    """What counts as one in the outcome: a criterion, or a group of which one passing is enough."""

    title: str
    timing: Timing
    verdict: Verdict
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A lot judged at one instant. The same specification, evidence, blockers and time give the same."""

    specification: Specification
    judgements: tuple[Judgement, ...]
    blockers: tuple[Blocker, ...]
    at: datetime

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that decide, in the order of the specification."""
        groups: dict[str, list[Judgement]] = {}
        for judgement in self.judgements:
            if judgement.criterion.severity is Severity.MUST:
                groups.setdefault(judgement.criterion.any_of or f"={judgement.criterion.key}", []).append(judgement)
        return tuple(_line(members) for members in groups.values())

    @property
    def pending(self) -> tuple[Judgement, ...]:
        """The tests whose results are still to come and would decide."""
        return tuple(
            judgement
            for line in self.lines
            if line.verdict is Verdict.PENDING
            for judgement in line.judgements
            if judgement.verdict is Verdict.PENDING
        )

    @property
    def valid_until(self) -> datetime | None:
        """When the first line that passes now stops passing because its evidence grows old; None when none does."""
        ends = [end for line in self.lines if (end := _passes_until(line)) is not None]
        return min(ends, default=None)

    @property
    def outcome(self) -> Outcome:
        """The first that applies: a failure, something unknown or in the way, something pending, all pass."""
        if any(line.verdict is Verdict.FAIL for line in self.lines):
            return Outcome.NOT_ELIGIBLE
        if self.blockers or any(_blocks(line) for line in self.lines):
            return Outcome.BLOCKED
        if any(line.verdict is Verdict.PENDING for line in self.lines):
            return Outcome.CONDITIONAL_ELIGIBLE
        return Outcome.ELIGIBLE


def evaluate(
    specification: Specification, evidence: Sequence[Evidence], blockers: Sequence[Blocker], now: datetime
) -> Evaluation:
    """Judge a lot against its pinned specification. `now` is aware; evidence of other tests is ignored."""
    if now.utcoffset() is None:
        raise Invalid("time_without_zone", "The time of an evaluation needs a zone.")
    judgements = tuple(judge(criterion, evidence, now) for criterion in specification.criteria)
    return Evaluation(specification, judgements, tuple(blockers), now)


def require_outcome(evaluation: Evaluation, kind: ReleaseKind) -> None:
    """Refuse a decision the evaluation does not carry, naming everything in its way.

    A rejection is always open. An exceptional decision accepts failures and blockers, but never those of
    NEVER_ACCEPTED, and it is no way round an ordinary one. Raises SpecificationNotMet.
    """
    outcome = evaluation.outcome
    if kind is ReleaseKind.REJECT or outcome is _NEEDED.get(kind):
        return
    if kind is ReleaseKind.EXCEPTIONAL and outcome in (Outcome.BLOCKED, Outcome.NOT_ELIGIBLE):
        absolute = [blocker.sentence for blocker in evaluation.blockers if not blocker.can_be_accepted]
        if absolute:
            raise SpecificationNotMet("never_accepted", " ".join(absolute))
        return
    raise SpecificationNotMet(f"lot_is_{outcome.value}", _refusal(evaluation, kind))


def require_conditional_parts(evaluation: Evaluation, *, action_plan: str | None, on_call_contact: str | None) -> None:
    """Refuse a conditional release without its parts: action plan, contact with telephone, interim results.

    House rule: rules, section 7.1. Raises SpecificationNotMet naming every missing part.
    """
    missing = [
        f"the interim reading of {judgement.criterion.label}"
        for judgement in evaluation.pending
        if judgement.criterion.test is TestKind.STERILITY and not _has_interim_reading(judgement)
    ]
    if not (action_plan or "").strip():
        missing.append("the action plan for a bad result")
    if sum(sign.isdigit() for sign in on_call_contact or "") < _LEAST_TELEPHONE_DIGITS:
        missing.append("an on-call contact with telephone number")
    if missing:
        raise SpecificationNotMet(
            "conditional_part_missing",
            f"A conditional release also needs {', '.join(missing)}. Add it first.",
        )


_LEAST_TELEPHONE_DIGITS: Final = 3
_NEEDED: Final = {
    ReleaseKind.RELEASE: Outcome.ELIGIBLE,
    ReleaseKind.CONDITIONAL: Outcome.CONDITIONAL_ELIGIBLE,
}
_SENTENCES: Final = {
    BlockerKind.OPEN_DEVIATION: "Deviation {what} is open. Close it with a disposition first.",
    BlockerKind.HOLD: "A hold stands on {what}. QA must lift it first.",
    BlockerKind.BROKEN_CHAIN: (
        "The chain of custody of {what} is broken. Explain the gap by a closed deviation first."
    ),
    BlockerKind.EXPIRED_MATERIAL: "Material {what} was expired when it was used. Raise a deviation.",
    BlockerKind.RECALLED_MATERIAL: "Material {what} was recalled after its use. The lot cannot be released with it.",
    BlockerKind.EQUIPMENT_OVERDUE: "Equipment {what} was overdue when it was used. Raise a deviation.",
    BlockerKind.UNVERIFIED_VALUE: "Nobody verified {what}. A second person must check it first.",
    BlockerKind.LABELS_NOT_RECONCILED: "The labels of {what} do not add up. Account for every copy first.",
    BlockerKind.RECORD_MISSING: "The record lacks {what}. Complete it first.",
    BlockerKind.REVIEW_MISSING: "Nobody reviewed {what}. QA must review and sign it first.",
    BlockerKind.CONSENT_WITHDRAWN: "The consent of {what} is withdrawn. Nothing may be released.",
    BlockerKind.LEDGER_UNREADABLE: "The ledger of {what} does not verify. Nothing may be released.",
    BlockerKind.IDENTITY_DOUBT: "There is doubt whose cells {what} holds. Nothing may be released.",
    BlockerKind.EXAMPLE_SPECIFICATION: (
        "{what} is an example. QA must adopt it by signature as the site's own version first."
    ),
}


def _line(members: list[Judgement]) -> Line:
    verdict = any_of([member.verdict for member in members])
    title = " or ".join(member.criterion.title for member in members)
    return Line(title, members[0].criterion.timing, verdict, tuple(members))


def _passes_until(line: Line) -> datetime | None:
    """One passing member is enough for a line, so the one that passes longest counts."""
    ends = [judgement.valid_until for judgement in line.judgements if judgement.verdict is Verdict.PASS]
    return max((end for end in ends if end is not None), default=None) if None not in ends else None


def _blocks(line: Line) -> bool:
    if line.verdict is Verdict.PENDING:
        return line.timing is Timing.BEFORE_RELEASE
    return line.verdict in (Verdict.INVALID, Verdict.NOT_DONE)


def _has_interim_reading(judgement: Judgement) -> bool:
    return any(item.status is EvidenceStatus.RUNNING and item.finding is not None for item in judgement.evidence)


def _refusal(evaluation: Evaluation, kind: ReleaseKind) -> str:
    if evaluation.outcome is Outcome.ELIGIBLE:
        return "Every criterion passes and nothing is in the way. Release the lot instead."
    if kind is ReleaseKind.EXCEPTIONAL:
        return "Only pending results are open. Release the lot conditionally instead."
    open_lines = [
        f"{line.title}: {line.verdict.value.replace('_', ' ')}."
        for line in evaluation.lines
        if line.verdict is not Verdict.PASS
    ]
    reasons = " ".join([*open_lines, *(blocker.sentence for blocker in evaluation.blockers)])
    return f"The lot cannot be released{_MANNER[kind]}. {reasons}"


_MANNER: Final = {ReleaseKind.RELEASE: "", ReleaseKind.CONDITIONAL: " conditionally"}
