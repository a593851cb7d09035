"""Everything that changes a collection."""

from app.collection.commands.numbers import NumbersRecorded, record_isbt_number
from app.collection.commands.receipt import (
    CollectionReceived,
    accept_collection,
    accept_quarantined_collection,
    quarantine_collection,
    receive_collection,
    reject_collection,
)
from app.collection.commands.run import (
    CollectionFact,
    CollectionPlanned,
    abandon_collection,
    cancel_collection,
    finish_collection,
    plan_collection,
    record_collection_yield,
    start_collection,
)

__all__ = [
    "CollectionFact",
    "CollectionPlanned",
    "CollectionReceived",
    "NumbersRecorded",
    "abandon_collection",
    "accept_collection",
    "accept_quarantined_collection",
    "cancel_collection",
    "finish_collection",
    "plan_collection",
    "quarantine_collection",
    "receive_collection",
    "record_collection_yield",
    "record_isbt_number",
    "reject_collection",
    "start_collection",
]
