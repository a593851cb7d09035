"""What is signed when a right is given or ISBT 128 switched: one text for page and command. Not the act itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from app.domain.isbt128 import local_flags
from app.domain.roles import Grant, Role
from app.domain.signing import Meaning, canonical_record
from app.identity.signing import Signable

ISBT128 = "isbt128"
"""What the signatures over statements about ISBT 128 are filed under."""

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


def licence_on(
    after: int, facility_number: str, licence_number: str, licence_date: date, flags: str, *, check_with_prefix: bool
) -> Signable:
    """What an administrator states to switch ISBT 128 on. `after` is the statement it replaces, 0 for none."""
    record = canonical_record(
        {
            "act": "isbt128_on",
            "after": after,
            "facility_number": facility_number,
            "licence_number": licence_number,
            "licence_date": licence_date,
            "local_flags": dict(local_flags(flags)),
            "coi_check_with_prefix": check_with_prefix,
        }
    ).decode()
    sentence = (
        f"I hold an ICCBBA licence; my facility number is {facility_number}. The licence has the number"
        f" {licence_number} and is dated {licence_date.isoformat()}. I acknowledge its terms."
    )
    return Signable(Meaning.ACKNOWLEDGED, sentence, ISBT128, record)


def licence_off(after: int) -> Signable:
    """What an administrator states to switch ISBT 128 off."""
    record = canonical_record({"act": "isbt128_off", "after": after}).decode()
    sentence = "I switch ISBT 128 off. From now on this site reads and prints none of its codes."
    return Signable(Meaning.PERFORMED, sentence, ISBT128, record)
