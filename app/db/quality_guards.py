"""What the database keeps of deviations and holds: closed and lifted by signature, and for good."""

from __future__ import annotations

from typing import Final

from app.db.guard import Guard

_SIGNED: Final = (
    "EXISTS (SELECT 1 FROM signature g WHERE g.id = NEW.signature_id AND g.user_id = NEW.{by}"
    " AND g.course_id = NEW.course_id AND g.meaning = 'approved' AND g.record_of = {record})"
)

QUALITY_GUARDS: Final = (
    Guard("deviation_begins_open", "deviation", "INSERT", "NEW.state = 'open'"),
    Guard("deviation_stays_closed", "deviation", "UPDATE", "OLD.state = 'open'"),
    Guard(
        "closing_not_signed",
        "deviation",
        "UPDATE",
        "NEW.closed_at IS NOT NULL AND NEW.cause IS NOT NULL AND NEW.effect IS NOT NULL"
        " AND NEW.action IS NOT NULL AND " + _SIGNED.format(by="closed_by_id", record="'deviation:' || NEW.number"),
        when="NEW.state = 'closed'",
    ),
    Guard("hold_begins_open", "hold", "INSERT", "NEW.lifted_at IS NULL"),
    Guard("hold_stays_lifted", "hold", "UPDATE", "OLD.lifted_at IS NULL"),
    Guard(
        "lifting_not_signed",
        "hold",
        "UPDATE",
        _SIGNED.format(by="lifted_by_id", record="'hold:' || NEW.id"),
        when="NEW.lifted_at IS NOT NULL",
    ),
    Guard(
        "label_not_checked_by_two",
        "label",
        "UPDATE",
        "NEW.scanned_back_by_id IS NOT NULL AND NEW.verified_by_id IS NOT NULL AND NEW.applied_at IS NOT NULL",
        when="NEW.state = 'applied' AND OLD.state <> 'applied'",
    ),
)
