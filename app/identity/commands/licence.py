"""The licence gate of ISBT 128: stated and switched off by an administrator, under signature. Every row stays."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.db.models import IsbtStatement, Site
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, WrongState
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.identity.queries.licence import licence_to_sign, newest_statement
from app.identity.records import licence_off
from app.identity.schemas import StateLicence, SwitchIsbtOff
from app.identity.signing import sign


@dataclass(frozen=True, slots=True)
class IsbtSwitched:
    """Whether ISBT 128 is on, and with which facility number."""

    is_on: bool
    facility_number: str | None


@command
def state_licence(tx: Transaction, actor: Actor, asked: StateLicence) -> IsbtSwitched:
    """State the licence a facility holds; from now on its codes are read. A new statement replaces the one before."""
    tx.permit(actor, Action.OPEN_LICENCE_GATE)
    is_demo = tx.session.execute(select(Site.is_demo)).scalar_one()
    if asked.licence_date > tx.now.date():
        raise Invalid("licence_date", "The licence is dated in the future. Give the date on it.", field="licence_date")
    what = licence_to_sign(tx.session.connection(), asked, is_demo=is_demo)
    signature = sign(tx, actor, asked, what)
    tx.session.add(
        IsbtStatement(
            is_on=True,
            facility_number=asked.facility_number,
            licence_number=asked.licence_number,
            licence_date=asked.licence_date,
            local_flags=asked.local_flags or "",
            coi_check_with_prefix=not asked.coi_check_without_prefix,
            stated_by_id=actor.user_id,
            signature_id=signature.id,
            stated_at=tx.now,
        )
    )
    return IsbtSwitched(is_on=True, facility_number=asked.facility_number)


@command
def switch_isbt_off(tx: Transaction, actor: Actor, asked: SwitchIsbtOff) -> IsbtSwitched:
    """Read no ISBT 128 code from now on."""
    tx.permit(actor, Action.OPEN_LICENCE_GATE)
    newest = newest_statement(tx.session.connection())
    if newest is None or not newest.is_on:
        raise WrongState("isbt_is_off", "ISBT 128 is off already. There is nothing to switch off.")
    tx.because("isbt_off", require_reason(asked.reason, "Switching ISBT 128 off needs its reason."))
    signature = sign(tx, actor, asked, licence_off(newest.id))
    tx.session.add(
        IsbtStatement(
            is_on=False,
            local_flags="",
            coi_check_with_prefix=newest.coi_check_with_prefix,
            stated_by_id=actor.user_id,
            signature_id=signature.id,
            stated_at=tx.now,
        )
    )
    return IsbtSwitched(is_on=False, facility_number=None)
