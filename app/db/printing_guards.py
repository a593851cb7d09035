"""What the database keeps of printing: sent at most once, nothing printed that was not scanned back, none left over."""

from __future__ import annotations

from typing import Final

from app.db.guard import Guard

_ITS_LABELS: Final = "EXISTS (SELECT 1 FROM label l WHERE l.print_job_id = NEW.id AND l.state "

PRINTING_GUARDS: Final = (
    Guard(
        "labels_not_sent",
        "print_job",
        "UPDATE",
        f"NOT {_ITS_LABELS} = 'queued') AND {_ITS_LABELS} <> 'refused')",
        when="NEW.state = 'sent' AND OLD.state <> 'sent'",
    ),
    Guard(
        "labels_left_already",
        "print_job",
        "UPDATE",
        f"NOT {_ITS_LABELS} <> 'refused')",
        when="NEW.state IN ('refused', 'cancelled') AND OLD.state <> NEW.state",
    ),
    Guard(
        "labels_unaccounted",
        "print_job",
        "UPDATE",
        f"NOT {_ITS_LABELS} NOT IN ('applied', 'void', 'destroyed', 'refused'))",
        when="NEW.state = 'reconciled' AND OLD.state <> 'reconciled'",
    ),
    Guard("head_is_frozen", "print_job", "UPDATE", "NEW.head = OLD.head", when="OLD.head IS NOT NULL"),
    Guard(
        "printer_not_active",
        "print_job",
        "UPDATE",
        "EXISTS (SELECT 1 FROM printer p WHERE p.id = NEW.printer_id AND p.is_active)",
        when="NEW.state = 'sending' AND OLD.state <> 'sending'",
    ),
    Guard(
        "job_is_over",
        "label",
        "INSERT",
        "EXISTS (SELECT 1 FROM print_job j WHERE j.id = NEW.print_job_id AND j.state = 'queued')",
        when="NEW.print_job_id IS NOT NULL",
    ),
    Guard(
        "job_not_sending",
        "label",
        "UPDATE",
        "NEW.delivery IS NOT NULL AND NEW.sent_sha256 IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM print_job j WHERE j.id = NEW.print_job_id AND j.state = 'sending')",
        when="NEW.print_job_id IS NOT NULL AND NEW.state = 'sent' AND OLD.state = 'queued'",
    ),
    Guard(
        "delivery_is_settled",
        "label",
        "UPDATE",
        "NEW.delivery IS NOT DISTINCT FROM OLD.delivery AND NEW.sent_sha256 IS NOT DISTINCT FROM OLD.sent_sha256",
        when="OLD.delivery IS NOT NULL",
    ),
    Guard(
        "proof_is_settled",
        "label",
        "UPDATE",
        "NEW.proven_with IS NOT DISTINCT FROM OLD.proven_with",
        when="OLD.state <> 'queued'",
    ),
    Guard(
        "handed_out_once",
        "label",
        "UPDATE",
        "OLD.handed_out_at IS NULL AND NEW.state = 'sent' AND NEW.print_job_id IS NULL",
        when="NEW.handed_out_at IS DISTINCT FROM OLD.handed_out_at",
    ),
    Guard(
        "spoiled_without_reason",
        "label",
        "UPDATE",
        "NEW.spoiled_as IS NOT NULL AND (NEW.spoiled_as <> 'other' OR NEW.reason IS NOT NULL)",
        when="NEW.state = 'spoiled' AND OLD.state <> 'spoiled'",
    ),
    Guard(
        "check_outlived_change",
        "printer",
        "UPDATE",
        "NEW.checked_at IS NULL",
        when="NEW.transport <> OLD.transport OR NEW.host IS DISTINCT FROM OLD.host"
        " OR NEW.port IS DISTINCT FROM OLD.port OR NEW.dots_per_mm <> OLD.dots_per_mm"
        " OR NEW.media_width_um <> OLD.media_width_um OR NEW.media_height_um <> OLD.media_height_um",
    ),
    Guard(
        "labels_not_reconciled",
        "culture",
        "UPDATE",
        "NOT EXISTS (SELECT 1 FROM print_job j WHERE j.culture_id = NEW.id"
        " AND j.state NOT IN ('reconciled', 'refused', 'cancelled'))",
        when="NEW.state = 'closed' AND OLD.state <> 'closed'",
    ),
)
