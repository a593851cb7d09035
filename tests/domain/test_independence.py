"""Nobody judges what they touched, and nobody is their own second person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Mismatch
from app.domain.independence import JUDGING_ACTIONS, Part, require_another_person, require_independent
from app.domain.roles import Action

TARA, SAM, QUINN = 1, 2, 3


@pytest.mark.requirement("REQ-141")
def test_who_only_re_ran_one_invalidated_assay_cannot_release_the_lot() -> None:
    parts = [Part(SAM, "enter_results"), Part(QUINN, "re_run_assay")]
    with pytest.raises(Mismatch) as caught:
        require_independent(QUINN, parts, "release this lot")
    assert caught.value.code == "took_part"
    assert caught.value.sentence == (
        "You cannot release this lot: you took part in it (re run assay). Ask somebody who did not."
    )


def test_every_step_a_person_took_is_named_once() -> None:
    parts = [Part(TARA, "print_label"), Part(TARA, "fill_bags"), Part(TARA, "fill_bags")]
    with pytest.raises(Mismatch, match=r"\(fill bags, print label\)"):
        require_independent(TARA, parts, "approve this result")


@pytest.mark.requirement("REQ-108")
@given(st.integers(1, 5), st.lists(st.builds(Part, st.integers(1, 5), st.sampled_from(["a", "b"]))))
def test_a_signer_passes_exactly_when_no_part_is_theirs(signer: int, parts: list[Part]) -> None:
    took_part = any(part.user_id == signer for part in parts)
    if took_part:
        with pytest.raises(Mismatch):
            require_independent(signer, parts, "release this lot")
    else:
        require_independent(signer, parts, "release this lot")


@pytest.mark.requirement("REQ-076")
def test_the_second_person_is_somebody_else() -> None:
    require_another_person(TARA, SAM, "hand-over")
    with pytest.raises(Mismatch) as caught:
        require_another_person(TARA, TARA, "hand-over")
    assert caught.value.code == "second_is_first"
    assert '"hand-over"' in caught.value.sentence


@pytest.mark.parametrize(
    "action",
    [
        Action.PERFORM_COLLECTION,
        Action.ACCEPT_COLLECTION,
        Action.CULTURE_STEP,
        Action.RECORD_COUNT,
        Action.VERIFY_COUNT,
        Action.FILL_BAGS,
        Action.PRINT_LABEL,
        Action.APPLY_LABEL,
        Action.ENTER_RESULTS,
        Action.IMPORT_RESULTS,
        Action.VERIFY_RESULTS,
        Action.ASK_INVALIDATION,
        Action.APPROVE_INVALIDATION,
        Action.APPROVE_CORRECTION,
        Action.ISSUE_BAG,
        Action.HAND_OVER_BAG,
    ],
)
def test_an_act_that_makes_or_changes_evidence_counts_as_taking_part(action: Action) -> None:
    assert action not in JUDGING_ACTIONS
