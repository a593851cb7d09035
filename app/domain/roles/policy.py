"""The one policy table, role by act. Not the decision about a person: that is `permission`.

Marks: `r` reads, `o` may, `s` may and signs, `2` may as one of two persons, `-` denied; `*` needs the role's
grant. A site may take rights away; a cell that is denied here cannot be granted.
House rule: rules, section 14; acts it does not name follow the state tables (section 4).
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
_ROWS: Final = (
    # T  S  Q  C  A  I
    ("r  r  r  r  -  r", Action.SEE_PATIENT_IDENTITY, "see who a patient is"),
    ("-  -  r  o  -  r", Action.ENROL_PATIENT, "enrol a patient"),
    ("-  -  r  o  -  r", Action.OPEN_COURSE, "open a course"),
    ("-  -  r  o  -  r", Action.RECORD_CONSENT, "record a consent"),
    ("-  -  r  o  -  r", Action.RECORD_ALLERGY, "record an allergy"),
    ("-  -  r  2  -  r", Action.RECORD_WEIGHT, "record a body weight"),
    ("-  -  r  o  -  r", Action.ISSUE_WRISTBAND, "issue a wristband"),
    ("-  -  r  o  -  r", Action.RECORD_OUTCOME, "record a reaction, response or outcome"),
    ("-  -  r  s* -  r", Action.ORDER_TREATMENT, "order collection and processing"),
    ("-  -  r  s* -  r", Action.ORDER_DOSE, "order a dose"),
    ("-  -  r  s* -  r", Action.CONFIRM_DOSE, "confirm a dose"),
    ("-  -  r  s* -  r", Action.CANCEL_ORDER, "cancel an order"),
    ("-  -  r  s* -  r", Action.ACKNOWLEDGE_CONDITIONAL_RELEASE, "acknowledge a conditional release"),
    ("-  -  r  s* -  r", Action.REQUEST_EXCEPTIONAL_RELEASE, "request an exceptional release"),
    ("-  -  r  s* -  r", Action.ACCEPT_EXCEPTIONAL_RELEASE, "accept the risk of an exceptional release"),
    ("-  o  -  o* -  r", Action.PLAN_COLLECTION, "plan a collection"),
    ("2  2  -  2  -  r", Action.PERFORM_COLLECTION, "perform a collection"),
    ("2  2  o  -  -  r", Action.RECEIVE_COLLECTION, "receive a collection"),
    ("2  2  o  -  -  r", Action.ACCEPT_COLLECTION, "accept a collection"),
    ("2  2  o  -  -  r", Action.QUARANTINE_COLLECTION, "quarantine a collection"),
    ("-  s  s  -  -  r", Action.REJECT_COLLECTION, "reject a collection"),
    ("o  o  -  -  -  r", Action.OPEN_CULTURE, "open a culture"),
    ("2  2  -  -  -  r", Action.CULTURE_STEP, "do a culture step"),
    ("2  2  -  -  -  r", Action.RECORD_COUNT, "record a count"),
    ("2  2  -  -  -  r", Action.VERIFY_COUNT, "verify a count"),
    ("-  s  -  -  -  r", Action.CLOSE_CULTURE, "close a culture"),
    ("-  s  s  -  -  r", Action.STOP_CULTURE, "stop a culture"),
    ("2  2  -  -  -  r", Action.FILL_BAGS, "fill bags"),
    ("2  2  -  -  -  r", Action.DESTROY_BAG, "destroy a bag"),
    ("2  2  -  -  -  r", Action.PRINT_LABEL, "print a label"),
    ("2  2  -  -  -  r", Action.SCAN_BACK_LABEL, "scan a label back"),
    ("2  2  -  -  -  r", Action.APPLY_LABEL, "apply a label"),
    ("2  2  -  -  -  r", Action.REPRINT_LABEL, "reprint a label"),
    ("o  o  -  -  -  r", Action.TAKE_SAMPLE, "take a sample"),
    ("o  o  -  -  -  r", Action.ENTER_RESULTS, "enter results"),
    ("o  o  -  -  -  r", Action.IMPORT_RESULTS, "import results"),
    ("2  2  -  -  -  r", Action.VERIFY_RESULTS, "verify results"),
    ("-  s  s  -  -  r", Action.APPROVE_RESULTS, "approve results"),
    ("-  s  -  -  -  r", Action.ASK_INVALIDATION, "ask for the invalidation of a result"),
    ("-  -  s  -  -  r", Action.APPROVE_INVALIDATION, "approve the invalidation of a result"),
    ("-  s  -  -  -  r", Action.ASK_CORRECTION, "ask for the correction of a result"),
    ("-  -  s  -  -  r", Action.APPROVE_CORRECTION, "approve the correction of a result"),
    ("o  o  o  o  o  r", Action.RAISE_DEVIATION, "raise a deviation"),
    ("-  o  o  -  -  r", Action.INVESTIGATE_DEVIATION, "investigate a deviation"),
    ("-  -  s  -  -  r", Action.CLOSE_DEVIATION, "close a deviation"),
    ("o  o  o  o  -  r", Action.PLACE_HOLD, "place a hold"),
    ("-  -  s  -  -  r", Action.LIFT_HOLD, "lift a hold"),
    ("-  o  o  -  -  r", Action.WRITE_RECIPE, "write a recipe"),
    ("-  -  s  -  -  r", Action.APPROVE_RECIPE, "approve a recipe"),
    ("-  o  o  -  -  r", Action.WRITE_SPECIFICATION, "write a specification"),
    ("-  -  s  -  -  r", Action.APPROVE_SPECIFICATION, "approve a specification"),
    ("-  o  o  -  -  r", Action.WRITE_LABEL_TEMPLATE, "write a label template or statement"),
    ("-  -  s  -  -  r", Action.APPROVE_LABEL_TEMPLATE, "approve a label template or statement"),
    ("-  o  o  -  -  r", Action.KEEP_TRAINING_RECORDS, "keep training records"),
    ("-  -  s  -  -  r", Action.REVIEW_RECORD, "review a batch record and its audit trail"),
    ("-  s  s  -  -  r", Action.EVALUATE_EXCEPTIONAL_RISK, "evaluate the risk of an exceptional release"),
    ("-  -  s* -  -  r", Action.RELEASE_LOT, "release a lot"),
    ("-  -  s* -  -  r", Action.RELEASE_CONDITIONALLY, "release a lot conditionally"),
    ("-  -  s* -  -  r", Action.RELEASE_EXCEPTIONALLY, "release a lot exceptionally"),
    ("-  -  s* -  -  r", Action.REJECT_LOT, "reject a lot"),
    ("-  o  s  -  -  r", Action.HANDLE_RELEASE_FAILURE, "handle a post-release failure"),
    ("-  o  s  s  -  r", Action.ACKNOWLEDGE_RELEASE_FAILURE, "acknowledge a notice of post-release failure"),
    ("-  -  s  -  -  r", Action.START_RECALL, "start a recall"),
    ("-  o  o  -  -  o", Action.MOCK_RECALL, "drill a recall"),
    ("-  -  s  -  -  r", Action.RESTOCK_BAG, "restock a returned bag"),
    ("-  -  s  -  -  r", Action.GIVE_TO_RESEARCH, "give a bag to research"),
    ("-  -  s* -  -  r", Action.ALLOW_EXPIRED_BAG, "allow an expired or recalled bag"),
    ("2  2  -  -  -  r", Action.ISSUE_BAG, "issue a bag"),
    ("2  2  -  2  -  r", Action.HAND_OVER_BAG, "hand over a bag"),
    ("-  -  -  2  -  r", Action.RECEIVE_BAG, "receive a bag on the ward"),
    ("2  2  -  2  -  r", Action.RETURN_BAG, "return a bag"),
    ("-  -  -  2  -  r", Action.BEDSIDE_CHECK, "check a bag at the bedside"),
    ("2  2  -  2  -  r", Action.SECOND_BEDSIDE_CHECK, "be the second person at the bedside"),
    ("-  -  -  o  -  r", Action.START_INFUSION, "start an infusion"),
    ("-  -  -  o  -  r", Action.RECORD_INFUSION, "record an infusion"),
    ("-  o  o  -  -  r", Action.KEEP_CATALOGUE, "keep the catalogue of materials"),
    ("o  o  -  -  -  r", Action.USE_MATERIAL, "open, book or prepare a material"),
    ("o  o  o  -  -  r", Action.REGISTER_MATERIAL, "register a material lot"),
    ("-  s  s  -  -  r", Action.RELEASE_MATERIAL, "release a material lot"),
    ("o  o  o  -  -  r", Action.REGISTER_EQUIPMENT, "register equipment"),
    ("o  o  o  -  -  r", Action.REGISTER_PLACE, "register a place"),
    ("-  -  r  -  o  r", Action.MANAGE_USERS, "manage users"),
    ("-  -  s  -  -  r", Action.APPROVE_RIGHTS, "approve roles and grants"),
    ("-  -  r  -  o  r", Action.ENROL_STATION, "enrol a station or printer"),
    ("-  -  r  -  o  r", Action.PROPOSE_SETTING, "propose a quality setting"),
    ("-  -  s  -  -  r", Action.APPROVE_SETTING, "approve a quality setting"),
    ("-  -  r  -  s  r", Action.OPEN_LICENCE_GATE, "open the licence gate of ISBT 128"),
    ("-  -  r  -  o  r", Action.CHECK_BACKUP, "check a backup and its restore"),
    ("-  r  r  -  r  r", Action.SEE_LEDGER, "see the ledger"),
    ("-  o  o  -  o  o", Action.VERIFY_LEDGER, "verify the ledger"),
    ("-  o  o  -  -  o", Action.EXPORT_DOSSIER, "export a dossier"),
    ("-  o  o  o  -  o", Action.EXPORT_CUSTODY_PASSPORT, "export a custody passport"),
)


def _rule(marks: str, words: str) -> Rule:
    cells = zip(_COLUMNS, marks.split(), strict=True)
    return Rule(words, MappingProxyType({role: _right(role, mark) for role, mark in cells if mark != "-"}))


def _right(role: Role, mark: str) -> Right:
    return Right(_MARKS[mark[0]], GRANT_OF[role] if mark.endswith("*") else None)


POLICY: Final[Mapping[Action, Rule]] = MappingProxyType({action: _rule(marks, words) for marks, action, words in _ROWS})
"""The right of each role to each act."""
