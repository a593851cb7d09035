"""Everything people do with a bag between its label and its end."""

from app.custody.commands.by_itself import expire_bag, overdue_bags, recall_tainted_bag, tainted_bags
from app.custody.commands.ending import (
    BagRecalled,
    destroy_bag,
    recall_bag,
    restock_bag,
    waste_bag,
)
from app.custody.commands.moving import hand_over_bag, issue_bag, receive_bag, return_bag, store_bag
from app.custody.commands.scanned import BagMoved, require_current_label, scanned_bag

__all__ = [
    "BagMoved",
    "BagRecalled",
    "destroy_bag",
    "expire_bag",
    "hand_over_bag",
    "issue_bag",
    "overdue_bags",
    "recall_bag",
    "recall_tainted_bag",
    "receive_bag",
    "require_current_label",
    "restock_bag",
    "return_bag",
    "scanned_bag",
    "store_bag",
    "tainted_bags",
    "waste_bag",
]
