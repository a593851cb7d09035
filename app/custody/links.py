"""Writing one link of a bag's custody and moving the bag with it; reading all links. Rules: `app.domain.custody`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.orm import Session

from app.db.models import Bag, CustodyEvent, Deviation, Site
from app.db.transaction import Transaction
from app.domain import custody
from app.domain.custody import BagCustody, CustodyAct, CustodyChain, CustodyLimits
from app.domain.identifiers import display
from app.domain.reading import CodeSource
from app.domain.vocabulary import DeviationState


def move_bag(tx: Transaction, bag: Bag, asked: CustodyAct, code_source: CodeSource | None = None) -> CustodyEvent:
    """Record a link and move the bag, or refuse. The bag's state, holder and place follow from the link alone.

    `code_source` is how the code of the bag came; None for an act that asks for no code.
    """
    before = _custody(tx.session, bag)
    link = custody.decide(before, asked, f"Bag {display(bag.code)}")
    event = CustodyEvent(
        course_id=bag.course_id,
        patient_id=bag.patient_id,
        bag_id=bag.id,
        product_lot_id=bag.product_lot_id,
        seq=link.seq,
        kind=link.kind,
        bag_state=link.state,
        at=link.at,
        recorded_at=tx.now,
        actor_id=link.actor_id,
        witness_id=link.witness_id,
        from_holder_id=link.from_holder_id,
        to_holder_id=link.to_holder_id,
        from_place_id=link.from_place_id,
        to_place_id=link.to_place_id,
        station_id=getattr(tx.actor, "station_id", None),
        temperature_c=link.temperature_c,
        seal=link.seal,
        code_source=code_source,
        request_key=tx.request_key,
        reason=link.reason,
    )
    tx.session.add(event)
    tx.session.flush()  # the link first: the database lets no bag be where its last link does not say
    bag.state, bag.holder_id, bag.place_id = link.state, link.to_holder_id, link.to_place_id
    tx.session.flush()
    return event


def chain_in(session: Session, bag: Bag) -> CustodyChain:
    """All links of a bag judged together, inside a command."""
    return chain_of(session.connection(), bag.id)


def chain_of(db: Connection, bag_id: int) -> CustodyChain:
    """All links of a bag judged together, for a page."""
    return _judged(db.execute(_LIMITS_OF_BAG, {"bag": bag_id}).one(), links_of(db, bag_id))


def chains_of_lot(db: Connection, lot_id: int) -> dict[int, CustodyChain]:
    """The chains of all bags of a lot by the bag, in two statements."""
    links: defaultdict[int, list[custody.CustodyEvent]] = defaultdict(list)
    for row in db.execute(_LINKS_OF_LOT, {"lot": lot_id}):
        links[row.bag_id].append(_link(row))
    return {row.bag_id: _judged(row, links[row.bag_id]) for row in db.execute(_LIMITS_OF_LOT, {"lot": lot_id})}


def links_of(db: Connection, bag_id: int) -> tuple[custody.CustodyEvent, ...]:
    """The links of a bag in order (unique index on bag and seq)."""
    return tuple(_link(row) for row in db.execute(_LINKS_OF_BAG, {"bag": bag_id}))


def _judged(bag: Row[*tuple[Any, ...]], links: Sequence[custody.CustodyEvent]) -> CustodyChain:  # Any: SQLAlchemy's own
    limits = CustodyLimits(
        lowest_c=bag.storage_lowest_c,
        highest_c=bag.storage_highest_c,
        longest_transit=timedelta(minutes=bag.longest_transit_min),
    )
    until = bag.explained_until
    explained = () if until is None else tuple(link.seq for link in links if link.at <= until)
    return custody.judge_chain(links, limits, explained)


_EXPLAINED_UNTIL: Final = (
    select(func.max(Deviation.closed_at))
    .where(
        Deviation.course_id == Bag.course_id,
        Deviation.about == Bag.code,
        Deviation.state == DeviationState.CLOSED,
    )
    .correlate(Bag)
    .scalar_subquery()
    .label("explained_until")
)
"""A closed deviation about the bag explains every gap up to the time it was closed."""
_LIMITS: Final = select(
    Bag.id.label("bag_id"),
    Site.longest_transit_min,
    Site.storage_lowest_c,
    Site.storage_highest_c,
    _EXPLAINED_UNTIL,
).join(Site, Site.id == 1)
_LIMITS_OF_BAG: Final = _LIMITS.where(Bag.id == bindparam("bag"))
_LIMITS_OF_LOT: Final = _LIMITS.where(Bag.product_lot_id == bindparam("lot"))
_TABLE = CustodyEvent.__table__
_corrected = _TABLE.alias("corrected")
_LINKS: Final = (
    select(_TABLE, _corrected.c.seq.label("corrects_seq"))
    .join(_corrected, _corrected.c.id == _TABLE.c.corrects_id, isouter=True)
    .order_by(_TABLE.c.bag_id, _TABLE.c.seq)
)
_LINKS_OF_BAG: Final = _LINKS.where(_TABLE.c.bag_id == bindparam("bag"))
_LINKS_OF_LOT: Final = _LINKS.where(_TABLE.c.bag_id.in_(select(Bag.id).where(Bag.product_lot_id == bindparam("lot"))))


def _link(row: Row[tuple[CustodyEvent]]) -> custody.CustodyEvent:
    return custody.CustodyEvent(
        seq=row.seq,
        kind=row.kind,
        state=row.bag_state,
        at=row.at,
        actor_id=row.actor_id,
        witness_id=row.witness_id,
        from_holder_id=row.from_holder_id,
        to_holder_id=row.to_holder_id,
        from_place_id=row.from_place_id,
        to_place_id=row.to_place_id,
        temperature_c=row.temperature_c,
        seal=row.seal,
        reason=row.reason,
        corrects_seq=row.corrects_seq,
    )


def _custody(session: Session, bag: Bag) -> BagCustody | None:
    last = session.execute(
        select(CustodyEvent.seq, CustodyEvent.at)
        .where(CustodyEvent.bag_id == bag.id)
        .order_by(CustodyEvent.seq.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return None
    return BagCustody(bag.state, bag.holder_id, bag.place_id, last.seq, last.at)
