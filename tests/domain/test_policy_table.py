"""Who may do what: the table equals an independent copy, and a person gets exactly what it says."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import NotAllowed
from app.domain.roles import (
    GRANT_OF,
    POLICY,
    Action,
    Grant,
    How,
    Permission,
    Role,
    decide,
    may_read,
    require,
    require_combinable,
    require_reading,
)

# An independent copy of the table, by column set: T, S, Q, C, A, I. `.` denied, `*` with the role's grant.
COPY: dict[str, str] = {
    "rrrr.r": "see_patient_identity",
    "..ro.r": """enrol_patient open_course record_consent record_allergy issue_wristband record_outcome""",
    "..r2.r": "record_weight",
    "..rs*.r": """order_treatment order_dose confirm_dose cancel_order acknowledge_conditional_release
        request_exceptional_release accept_exceptional_release""",
    ".o.o*.r": "plan_collection",
    "22.2.r": "perform_collection hand_over_bag return_bag second_bedside_check",
    "22o..r": "receive_collection accept_collection quarantine_collection",
    ".ss..r": """reject_collection stop_culture approve_results evaluate_exceptional_risk release_material""",
    "oo...r": "use_material open_culture take_sample enter_results import_results",
    "22...r": """culture_step record_count verify_count fill_bags destroy_bag print_label scan_back_label
        apply_label reprint_label verify_results issue_bag""",
    ".s...r": "close_culture ask_invalidation ask_correction",
    "..s..r": """approve_invalidation approve_correction close_deviation lift_hold approve_recipe
        approve_specification approve_label_template review_record start_recall restock_bag give_to_research
        approve_rights approve_setting""",
    "ooooor": "raise_deviation",
    "oooo.r": "place_hold",
    ".oo..r": """investigate_deviation write_recipe write_specification write_label_template
        keep_training_records keep_catalogue""",
    "..s*..r": """release_lot release_conditionally release_exceptionally reject_lot allow_expired_bag""",
    ".os..r": "handle_release_failure",
    ".oss.r": "acknowledge_release_failure",
    ".oo..o": "mock_recall export_dossier",
    "...2.r": "receive_bag bedside_check",
    "...o.r": "start_infusion record_infusion",
    "ooo..r": "register_material register_equipment register_place",
    "..r.or": "manage_users enrol_station propose_setting check_backup",
    "..r.sr": "open_licence_gate",
    ".rr.rr": "see_ledger",
    ".oo.oo": "verify_ledger",
    ".ooo.o": "export_custody_passport",
}
COLUMNS = [Role.TECHNICIAN, Role.SUPERVISOR, Role.QA, Role.CLINICIAN, Role.ADMINISTRATOR, Role.INSPECTOR]
READING = {Action.SEE_PATIENT_IDENTITY, Action.SEE_LEDGER}


def cells(marks: str) -> list[str]:
    found: list[str] = []
    for mark in marks:
        if mark == "*":
            found[-1] += mark
        else:
            found.append(mark)
    return found


EXPECTED = {
    (role, Action(word)): cell
    for marks, words in COPY.items()
    for word in words.split()
    for role, cell in zip(COLUMNS, cells(marks), strict=True)
}


def granted(role: Role) -> set[Grant]:
    return {GRANT_OF[role]} if role in GRANT_OF else set()


@pytest.mark.requirement("REQ-008")
def test_the_copy_names_every_role_and_act_once() -> None:
    assert set(EXPECTED) == set(product(COLUMNS, Action))
    assert len(Action) == sum(len(words.split()) for words in COPY.values())


@pytest.mark.requirement("REQ-008")
@pytest.mark.parametrize("action", Action)
def test_each_role_may_do_exactly_what_the_table_says(action: Action) -> None:
    for role in Role:
        cell = EXPECTED[role, action]
        how = {"r": How.READS, "o": How.MAY, "s": How.SIGNS, "2": How.ONE_OF_TWO}.get(cell[0])
        may_act = how is not None and (how is not How.READS or action in READING)
        with_grant, without = decide([role], granted(role), action), decide([role], [], action)
        if may_act and how:
            assert with_grant == Permission(action, role, how)
        else:
            assert isinstance(with_grant, NotAllowed)
        assert isinstance(without, NotAllowed) == (not may_act or cell.endswith("*"))
        assert may_read([role], action) == (cell != ".")


@pytest.mark.requirement("REQ-044")
def test_an_inspector_reads_every_page_and_writes_nothing_but_a_drill() -> None:
    allowed = {action for action in Action if isinstance(decide([Role.INSPECTOR], [], action), Permission)}
    assert all(may_read([Role.INSPECTOR], action) for action in Action)
    assert allowed == READING | {
        Action.MOCK_RECALL,
        Action.VERIFY_LEDGER,
        Action.EXPORT_DOSSIER,
        Action.EXPORT_CUSTODY_PASSPORT,
    }


@pytest.mark.requirement("REQ-036")
def test_a_technician_who_wants_to_release_is_told_who_may() -> None:
    with pytest.raises(
        NotAllowed, match=r"You may not release a lot\. Ask QA with release authority to do it\."
    ) as caught:
        require([Role.TECHNICIAN], [], Action.RELEASE_LOT)
    assert caught.value.code == "not_permitted"


def test_several_who_may_are_listed_in_one_sentence() -> None:
    with pytest.raises(NotAllowed, match="Ask a technician, a supervisor or QA to do it"):
        require([Role.CLINICIAN], [], Action.REGISTER_MATERIAL)


def test_a_right_names_the_role_it_came_from() -> None:
    permission = require([Role.CLINICIAN], [Grant.PRESCRIBER], Action.CONFIRM_DOSE)
    assert permission == Permission(Action.CONFIRM_DOSE, Role.CLINICIAN, How.SIGNS)


def test_somebody_with_two_roles_is_held_to_the_more_demanding_one() -> None:
    permission = require([Role.QA, Role.TECHNICIAN], [], Action.RECEIVE_COLLECTION)
    assert (permission.role, permission.how) == (Role.TECHNICIAN, How.ONE_OF_TWO)


def test_a_page_of_an_act_opens_for_readers_and_nobody_else() -> None:
    require_reading([Role.QA], Action.CONFIRM_DOSE)
    with pytest.raises(NotAllowed):
        require_reading([Role.ADMINISTRATOR], Action.CONFIRM_DOSE)


@given(st.sets(st.sampled_from(Role)), st.sets(st.sampled_from(Grant)), st.sampled_from(Action))
def test_more_roles_never_take_a_right_away(roles: set[Role], grants: set[Grant], action: Action) -> None:
    one_by_one = [decide([role], grants, action) for role in roles]
    together = decide(roles, grants, action)
    assert isinstance(together, Permission) == any(isinstance(one, Permission) for one in one_by_one)


@pytest.mark.parametrize(
    ("roles", "grants", "code"),
    [
        ({Role.ADMINISTRATOR, Role.QA}, {Grant.RELEASE_AUTHORITY}, "rights_not_combinable"),
        ({Role.ADMINISTRATOR, Role.CLINICIAN}, {Grant.PRESCRIBER}, "rights_not_combinable"),
        ({Role.INSPECTOR, Role.TECHNICIAN}, set(), "rights_not_combinable"),
        ({Role.CLINICIAN}, {Grant.RELEASE_AUTHORITY}, "grant_without_role"),
        ({Role.QA}, {Grant.PRESCRIBER}, "grant_without_role"),
    ],
)
def test_rights_that_do_not_go_together_are_refused(roles: set[Role], grants: set[Grant], code: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        require_combinable(roles, grants)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("roles", "grants"),
    [
        ({Role.INSPECTOR}, set()),
        ({Role.QA, Role.TECHNICIAN}, {Grant.RELEASE_AUTHORITY}),
        ({Role.CLINICIAN}, {Grant.PRESCRIBER}),
        ({Role.ADMINISTRATOR, Role.SUPERVISOR}, set()),
    ],
)
def test_rights_that_go_together_are_accepted(roles: set[Role], grants: set[Grant]) -> None:
    require_combinable(roles, grants)


def test_every_act_has_words_that_fit_the_sentence() -> None:
    assert all(rule.words and rule.words == rule.words.strip(" .") for rule in POLICY.values())
