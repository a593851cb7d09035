"""The one policy table, role by act. Not the decision about a person: that is `permission`.

Marks as in the design: `r` reads, `o` may, `s` may and signs, `2` may as one of two persons, `-` denied; `*` needs the
role's grant. A site may take rights away; a cell that is denied here cannot be granted. House rule: rules, section 14;
rows it does not name follow the state tables (section 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.roles.words import Action, Grant, How, Role


@dataclass(frozen=True, slots=True)
class Right:
    """One cell: how the role uses the right, and the grant it needs beside the role."""

    how: How
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the act in words ("release a lot") and the right of each role that has one."""

    words: str
    rights: Mapping[Role, Right]


GRANT_OF: Final[Mapping[Role, Grant]] = MappingProxyType(
    {Role.CLINICIAN: Grant.PRESCRIBER, Role.QA: Grant.RELEASE_AUTHORITY}
)
"""The one grant each role can carry."""

_COLUMNS: Final = (
    Role.TECHNICIAN,
    Role.SUPERVISOR,
    Role.QA,
    Role.CLINICIAN,
    Role.ADMINISTRATOR,
    Role.INSPECTOR,
)
_MARKS: Final = {"r": How.READS, "o": How.MAY, "s": How.SIGNS, "2": How.ONE_OF_TWO}


def _rule(marks: str, words: str) -> Rule:
    cells = zip(_COLUMNS, marks.split(), strict=True)
    return Rule(words, MappingProxyType({role: _right(role, mark) for role, mark in cells if mark != "-"}))


def _right(role: Role, mark: str) -> Right:
    return Right(_MARKS[mark[0]], GRANT_OF[role] if mark.endswith("*") else None)


POLICY: Final[Mapping[Action, Rule]] = MappingProxyType(
    {
        #                                                  T  S  Q  C  A  I
        Action.SEE_PATIENT_IDENTITY: _rule("r  r  r  r  -  r", "see who a patient is"),
        Action.ENROL_PATIENT: _rule("-  -  r  o  -  r", "enrol a patient"),
        Action.OPEN_COURSE: _rule("-  -  r  o  -  r", "open a course"),
        Action.RECORD_CONSENT: _rule("-  -  r  o  -  r", "record a consent"),
        Action.RECORD_ALLERGY: _rule("-  -  r  o  -  r", "record an allergy"),
        Action.RECORD_WEIGHT: _rule("-  -  r  2  -  r", "record a body weight"),
        Action.ISSUE_WRISTBAND: _rule("-  -  r  o  -  r", "issue a wristband"),
        Action.RECORD_OUTCOME: _rule("-  -  r  o  -  r", "record a reaction, response or outcome"),
        Action.ORDER_TREATMENT: _rule("-  -  r  s* -  r", "order collection and processing"),
        Action.ORDER_DOSE: _rule("-  -  r  s* -  r", "order a dose"),
        Action.CONFIRM_DOSE: _rule("-  -  r  s* -  r", "confirm a dose"),
        Action.CANCEL_ORDER: _rule("-  -  r  s* -  r", "cancel an order"),
        Action.ACKNOWLEDGE_CONDITIONAL_RELEASE: _rule("-  -  r  s* -  r", "acknowledge a conditional release"),
        Action.REQUEST_EXCEPTIONAL_RELEASE: _rule("-  -  r  s* -  r", "request an exceptional release"),
        Action.ACCEPT_EXCEPTIONAL_RELEASE: _rule("-  -  r  s* -  r", "accept the risk of an exceptional release"),
        Action.PLAN_COLLECTION: _rule("-  o  -  o* -  r", "plan a collection"),
        Action.PERFORM_COLLECTION: _rule("2  2  -  2  -  r", "perform a collection"),
        Action.RECEIVE_COLLECTION: _rule("2  2  o  -  -  r", "receive a collection"),
        Action.ACCEPT_COLLECTION: _rule("2  2  o  -  -  r", "accept a collection"),
        Action.QUARANTINE_COLLECTION: _rule("2  2  o  -  -  r", "quarantine a collection"),
        Action.REJECT_COLLECTION: _rule("-  s  s  -  -  r", "reject a collection"),
        Action.OPEN_CULTURE: _rule("o  o  -  -  -  r", "open a culture"),
        Action.CULTURE_STEP: _rule("2  2  -  -  -  r", "do a culture step"),
        Action.RECORD_COUNT: _rule("2  2  -  -  -  r", "record a count"),
        Action.VERIFY_COUNT: _rule("2  2  -  -  -  r", "verify a count"),
        Action.CLOSE_CULTURE: _rule("-  s  -  -  -  r", "close a culture"),
        Action.STOP_CULTURE: _rule("-  s  s  -  -  r", "stop a culture"),
        Action.FILL_BAGS: _rule("2  2  -  -  -  r", "fill bags"),
        Action.DESTROY_BAG: _rule("2  2  -  -  -  r", "destroy a bag"),
        Action.PRINT_LABEL: _rule("2  2  -  -  -  r", "print a label"),
        Action.SCAN_BACK_LABEL: _rule("2  2  -  -  -  r", "scan a label back"),
        Action.APPLY_LABEL: _rule("2  2  -  -  -  r", "apply a label"),
        Action.REPRINT_LABEL: _rule("2  2  -  -  -  r", "reprint a label"),
        Action.TAKE_SAMPLE: _rule("o  o  -  -  -  r", "take a sample"),
        Action.ENTER_RESULTS: _rule("o  o  -  -  -  r", "enter results"),
        Action.IMPORT_RESULTS: _rule("o  o  -  -  -  r", "import results"),
        Action.VERIFY_RESULTS: _rule("2  2  -  -  -  r", "verify results"),
        Action.APPROVE_RESULTS: _rule("-  s  s  -  -  r", "approve results"),
        Action.ASK_INVALIDATION: _rule("-  s  -  -  -  r", "ask for the invalidation of a result"),
        Action.APPROVE_INVALIDATION: _rule("-  -  s  -  -  r", "approve the invalidation of a result"),
        Action.ASK_CORRECTION: _rule("-  s  -  -  -  r", "ask for the correction of a result"),
        Action.APPROVE_CORRECTION: _rule("-  -  s  -  -  r", "approve the correction of a result"),
        Action.RAISE_DEVIATION: _rule("o  o  o  o  o  r", "raise a deviation"),
        Action.INVESTIGATE_DEVIATION: _rule("-  o  o  -  -  r", "investigate a deviation"),
        Action.CLOSE_DEVIATION: _rule("-  -  s  -  -  r", "close a deviation"),
        Action.PLACE_HOLD: _rule("o  o  o  o  -  r", "place a hold"),
        Action.LIFT_HOLD: _rule("-  -  s  -  -  r", "lift a hold"),
        Action.WRITE_RECIPE: _rule("-  o  o  -  -  r", "write a recipe"),
        Action.APPROVE_RECIPE: _rule("-  -  s  -  -  r", "approve a recipe"),
        Action.WRITE_SPECIFICATION: _rule("-  o  o  -  -  r", "write a specification"),
        Action.APPROVE_SPECIFICATION: _rule("-  -  s  -  -  r", "approve a specification"),
        Action.WRITE_LABEL_TEMPLATE: _rule("-  o  o  -  -  r", "write a label template or statement"),
        Action.APPROVE_LABEL_TEMPLATE: _rule("-  -  s  -  -  r", "approve a label template or statement"),
        Action.KEEP_TRAINING_RECORDS: _rule("-  o  o  -  -  r", "keep training records"),
        Action.REVIEW_RECORD: _rule("-  -  s  -  -  r", "review a batch record and its audit trail"),
        Action.EVALUATE_EXCEPTIONAL_RISK: _rule("-  s  s  -  -  r", "evaluate the risk of an exceptional release"),
        Action.RELEASE_LOT: _rule("-  -  s* -  -  r", "release a lot"),
        Action.RELEASE_CONDITIONALLY: _rule("-  -  s* -  -  r", "release a lot conditionally"),
        Action.RELEASE_EXCEPTIONALLY: _rule("-  -  s* -  -  r", "release a lot exceptionally"),
        Action.REJECT_LOT: _rule("-  -  s* -  -  r", "reject a lot"),
        Action.HANDLE_RELEASE_FAILURE: _rule("-  o  s  -  -  r", "handle a post-release failure"),
        Action.ACKNOWLEDGE_RELEASE_FAILURE: _rule("-  o  s  s  -  r", "acknowledge a notice of post-release failure"),
        Action.START_RECALL: _rule("-  -  s  -  -  r", "start a recall"),
        Action.MOCK_RECALL: _rule("-  o  o  -  -  o", "drill a recall"),
        Action.RESTOCK_BAG: _rule("-  -  s  -  -  r", "restock a returned bag"),
        Action.GIVE_TO_RESEARCH: _rule("-  -  s  -  -  r", "give a bag to research"),
        Action.ALLOW_EXPIRED_BAG: _rule("-  -  s* -  -  r", "allow an expired or recalled bag"),
        Action.ISSUE_BAG: _rule("2  2  -  -  -  r", "issue a bag"),
        Action.HAND_OVER_BAG: _rule("2  2  -  2  -  r", "hand over a bag"),
        Action.RECEIVE_BAG: _rule("-  -  -  2  -  r", "receive a bag on the ward"),
        Action.RETURN_BAG: _rule("2  2  -  2  -  r", "return a bag"),
        Action.BEDSIDE_CHECK: _rule("-  -  -  2  -  r", "check a bag at the bedside"),
        Action.SECOND_BEDSIDE_CHECK: _rule("2  2  -  2  -  r", "be the second person at the bedside"),
        Action.START_INFUSION: _rule("-  -  -  o  -  r", "start an infusion"),
        Action.RECORD_INFUSION: _rule("-  -  -  o  -  r", "record an infusion"),
        Action.REGISTER_MATERIAL: _rule("o  o  o  -  -  r", "register a material lot"),
        Action.RELEASE_MATERIAL: _rule("-  s  s  -  -  r", "release a material lot"),
        Action.REGISTER_EQUIPMENT: _rule("o  o  o  -  -  r", "register equipment"),
        Action.REGISTER_PLACE: _rule("o  o  o  -  -  r", "register a place"),
        Action.MANAGE_USERS: _rule("-  -  r  -  o  r", "manage users"),
        Action.APPROVE_RIGHTS: _rule("-  -  s  -  -  r", "approve roles and grants"),
        Action.ENROL_STATION: _rule("-  -  r  -  o  r", "enrol a station or printer"),
        Action.PROPOSE_SETTING: _rule("-  -  -  -  o  r", "propose a quality setting"),
        Action.APPROVE_SETTING: _rule("-  -  s  -  -  r", "approve a quality setting"),
        Action.OPEN_LICENCE_GATE: _rule("-  -  r  -  s  r", "open the licence gate of ISBT 128"),
        Action.CHECK_BACKUP: _rule("-  -  r  -  o  r", "check a backup and its restore"),
        Action.SEE_LEDGER: _rule("-  r  r  -  r  r", "see the ledger"),
        Action.VERIFY_LEDGER: _rule("-  o  o  -  o  o", "verify the ledger"),
        Action.EXPORT_DOSSIER: _rule("-  o  o  -  -  o", "export a dossier"),
        Action.EXPORT_CUSTODY_PASSPORT: _rule("-  o  o  o  -  o", "export a custody passport"),
    }
)
