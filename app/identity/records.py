"""What is signed when a right is given: one text for page and command. Not the giving itself."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.roles import Grant, Role
from app.domain.signing import canonical_record

RIGHT_WORDS = {
    Role.TECHNICIAN: "technician",
    Role.SUPERVISOR: "supervisor",
    Role.QA: "QA",
    Role.CLINICIAN: "clinician",
    Role.ADMINISTRATOR: "administrator",
    Role.INSPECTOR: "inspector",
    Grant.PRESCRIBER: "prescriber",
    Grant.RELEASE_AUTHORITY: "release authority",
}


def right_record(
    user_id: int, full_name: str, right: Role | Grant, roles: Collection[Role], grants: Collection[Grant]
) -> str:
    """The canonical text of a right about to be given: whose, which, and what they hold so far."""
    return canonical_record(
        {
            "act": "grant",
            "right": right.value,
            "user_id": user_id,
            "full_name": full_name,
            "roles_held": sorted(roles),
            "authorities_held": sorted(grants),
        }
    ).decode()


def right_sentence(full_name: str, right: Role | Grant) -> str:
    """What the signer states."""
    kind = "role" if isinstance(right, Role) else "authority"
    return f"I give {full_name} the {kind} {RIGHT_WORDS[right]}. They are trained for it and entitled to it."
