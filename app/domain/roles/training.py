"""Which acts need valid training. Not the right to them: that is `permission`."""

from __future__ import annotations

from datetime import date
from typing import Final

from app.domain.errors import NearMiss, NotAllowed
from app.domain.roles.policy import POLICY
from app.domain.roles.words import Action

WITHOUT_TRAINING: Final = frozenset(
    {
        Action.SEE_PATIENT_IDENTITY,
        Action.SEE_LEDGER,
        Action.VERIFY_LEDGER,
        Action.EXPORT_DOSSIER,
        Action.EXPORT_CUSTODY_PASSPORT,
        Action.MOCK_RECALL,
        Action.RAISE_DEVIATION,
        Action.PLACE_HOLD,
        Action.RECORD_INFUSION,
        Action.KEEP_TRAINING_RECORDS,
        Action.APPROVE_RIGHTS,
        Action.MANAGE_USERS,
        Action.ENROL_STATION,
        Action.PROPOSE_SETTING,
        Action.CHECK_BACKUP,
    }
)
"""Looking, stopping and the running of the house. Whoever sees a danger may say so and stop it, trained or not; what is
signed needs training all the same (House rule: rules, sections 4 and 11)."""


def require_trained(action: Action, qualified_until: date | None, today: date, whose: str = "Your") -> None:
    """Refuse an act of the line to somebody whose training is over. Raises NotAllowed, kept as a near miss."""
    if action in WITHOUT_TRAINING or (qualified_until is not None and qualified_until >= today):
        return
    raise NotAllowed(
        "training_lapsed",
        f"{whose} training has lapsed. To {POLICY[action].words} it must be valid: ask the supervisor or QA to record"
        " the new training.",
        near_miss=NearMiss("training_lapsed", action.value),
    )
