"""Everything people and the server do with printers and print jobs."""

from app.printing.commands.accounting import apply_job, cancel_job, reconcile_job, scan_back_in_job, send_rest
from app.printing.commands.leaving import (
    end_left_sending,
    hand_out_job,
    record_sending,
    refuse_drawing,
    start_sending,
)
from app.printing.commands.printers import (
    PrinterFact,
    ask_test_label,
    change_printer,
    check_printer,
    register_printer,
    retire_printer,
    test_label_begun,
    test_label_ended,
)
from app.printing.commands.requesting import JobFact, print_label_job, print_vessel_labels

__all__ = [
    "JobFact",
    "PrinterFact",
    "apply_job",
    "ask_test_label",
    "cancel_job",
    "change_printer",
    "check_printer",
    "end_left_sending",
    "hand_out_job",
    "print_label_job",
    "print_vessel_labels",
    "reconcile_job",
    "record_sending",
    "refuse_drawing",
    "register_printer",
    "retire_printer",
    "scan_back_in_job",
    "send_rest",
    "start_sending",
    "test_label_begun",
    "test_label_ended",
]
