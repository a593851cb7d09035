"""Everything people do with a bag between its label and its end."""

from app.custody.commands.ending import (
    BagRecalled,
    BagsExpired,
    destroy_bag,
    expire_bags,
    recall_bag,
    restock_bag,
    waste_bag,
)
from app.custody.commands.moving import hand_over_bag, issue_bag, receive_bag, return_bag, store_bag
from app.custody.commands.recalling import BagsRecalled, recall_tainted_bags
from app.custody.commands.scanned import BagMoved, require_current_label, scanned_bag

__all__ = [
    "BagMoved",
    "BagRecalled",
    "BagsExpired",
    "BagsRecalled",
    "destroy_bag",
    "expire_bags",
    "hand_over_bag",
    "issue_bag",
    "recall_bag",
    "recall_tainted_bags",
    "receive_bag",
    "require_current_label",
    "restock_bag",
    "return_bag",
    "scanned_bag",
    "store_bag",
    "waste_bag",
]
