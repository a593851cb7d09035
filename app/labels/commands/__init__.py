"""Everything people do with the label of a thing."""

from app.labels.commands.copies import (
    LabelMoved,
    apply_label,
    confirm_applied,
    destroy_label,
    hand_out_label,
    move_label,
    print_label,
    require_this_copy,
    scan_back_label,
    spoil_label,
)
from app.labels.commands.queueing import queue_label

__all__ = [
    "LabelMoved",
    "apply_label",
    "confirm_applied",
    "destroy_label",
    "hand_out_label",
    "move_label",
    "print_label",
    "queue_label",
    "require_this_copy",
    "scan_back_label",
    "spoil_label",
]
