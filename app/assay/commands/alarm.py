"""A bad finding about a lot that has left quarantine: everything left of it is stopped, in the same transaction.

Before release nothing more is needed: the finding itself fails the lot's evidence.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from app.assay.commands.runs import SampledRun
from app.assay.words import BAD_FINDINGS, in_words
from app.db.models import ProductLot
from app.db.transaction import Transaction
from app.deviations.opening import raise_alarm
from app.domain.actor import Actor
from app.domain.states import LotState
from app.domain.vocabulary import Finding

_RELEASED: Final = frozenset(
    {
        LotState.RELEASED,
        LotState.CONDITIONAL,
        LotState.EXCEPTIONAL,
        LotState.RELEASED_FINAL,
        LotState.POST_RELEASE_FAILURE,
    }
)


def sound_alarm(tx: Transaction, actor: Actor, of: SampledRun, finding: Finding) -> str | None:
    """Hold a released lot and open a critical deviation when the finding is a bad one; answer its number.

    The lot is locked first, so that a release and a growth recorded at the same moment cannot miss each other.
    """
    if finding not in BAD_FINDINGS:
        return None
    look = select(ProductLot).where(ProductLot.culture_id == of.run.culture_id).with_for_update()
    lot = tx.session.execute(look).scalar_one_or_none()
    if lot is None or lot.state not in _RELEASED:
        return None
    what = f"{of.words}: {in_words(finding)}, recorded when the lot was {in_words(lot.state)}."
    return raise_alarm(tx, actor, lot, product_lot_id=lot.id, what=what).number
