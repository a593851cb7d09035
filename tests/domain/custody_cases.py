"""A bag on its way from filling to the bed, for the tests of custody. Synthetic people and places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain.custody import BagCustody, CustodyAct, CustodyEvent, CustodyLimits, decide, fold
from app.domain.states import BagAct

TARA, TOM, NIA, CHLOE = 1, 2, 3, 4
BENCH, STORE, TRANSPORT, WARD = 10, 11, 12, 13
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WHAT = "Bag BG-D7M-26-000472-A"
LIMITS = CustodyLimits(Decimal(18), Decimal(24), timedelta(minutes=60))


def act(what: BagAct | None, minute: int, **given: Any) -> CustodyAct:  # Any: the fields of CustodyAct
    at = NOON + timedelta(minutes=minute)
    fields: dict[str, Any] = {"actor_id": TARA, "witness_id": TOM, "recorded_at": at} | given
    return CustodyAct(act=what, at=at, **fields)


FILLED = act(BagAct.FILL, 0, to_holder_id=TARA, to_place_id=BENCH)
TO_THE_BED = (
    FILLED,
    act(BagAct.LABEL, 5),
    act(None, 10, to_place_id=STORE, witness_id=None),
    act(BagAct.MAKE_AVAILABLE, 20, actor_id=CHLOE, witness_id=None),
    act(BagAct.ISSUE, 30, to_place_id=TRANSPORT, seal="S-1"),
    act(BagAct.RECEIVE, 45, witness_id=NIA, to_holder_id=NIA, to_place_id=WARD, seal="S-1", temperature_c=Decimal(21)),
    act(BagAct.VERIFY, 50, actor_id=NIA, witness_id=CHLOE),
    act(BagAct.START, 51, actor_id=NIA, witness_id=None),
    act(BagAct.FINISH, 90, actor_id=NIA, witness_id=None),
)


def links(*acts: CustodyAct) -> list[CustodyEvent]:
    events: list[CustodyEvent] = []
    for asked in acts:
        events.append(decide(now(events), asked, WHAT))
    return events


def now(events: list[CustodyEvent]) -> BagCustody | None:
    return fold(events) if events else None
