"""The guards of dose orders, bedside checks and infusions. Not the bag's own: those are `app.db.custody_guards`."""

from __future__ import annotations

from typing import Final

from app.db.custody_guards import GOING_ON, IN_FORCE, NO_HOLD, NOT_TAINTED
from app.db.guard import Guard

_WEIGHED: Final = (
    "EXISTS (SELECT 1 FROM body_weight w WHERE w.id = NEW.body_weight_id AND w.verified_by_id IS NOT NULL)"
)
_ORDERED: Final = "EXISTS (SELECT 1 FROM dose_order o WHERE o.id = NEW.dose_order_id AND o.state = 'active')"
_BEGINS: Final = "NEW.state = 'running' AND OLD.state <> 'running'"
_RELEASED: Final = f"{IN_FORCE} AND {NO_HOLD}".format(bag="bag_id")

INFUSION_GUARDS: Final = (
    Guard("course_not_going_on", "dose_order", "INSERT", GOING_ON),
    Guard("weight_not_verified", "dose_order", "INSERT", _WEIGHED),
    Guard("dose_order_not_active", "infusion", "INSERT", f"{_ORDERED} AND {GOING_ON}"),
    Guard(
        "wristband_void",
        "wristband_scan",
        "INSERT",
        "EXISTS (SELECT 1 FROM wristband w WHERE w.id = NEW.wristband_id AND w.voided_at IS NULL)",
    ),
    Guard("infusion_begins_confirmed", "infusion", "INSERT", "NEW.state = 'confirmed'"),
    Guard(
        "bag_not_released",
        "infusion",
        "INSERT",
        "EXISTS (SELECT 1 FROM bag b WHERE b.id = NEW.bag_id AND b.state = 'available') AND " + _RELEASED,
    ),
    Guard(
        "bag_expired",
        "infusion",
        "INSERT",
        "(SELECT b.expires_at FROM bag b WHERE b.id = NEW.bag_id) > NEW.confirmed_at",
    ),
    Guard("material_recalled", "infusion", "INSERT", NOT_TAINTED),
    Guard("material_recalled", "infusion", "UPDATE", NOT_TAINTED, when=_BEGINS),
    Guard("material_recalled", "bedside_check", "INSERT", NOT_TAINTED),
    Guard(
        "infusion_not_permitted",
        "infusion",
        "UPDATE",
        "EXISTS (SELECT 1 FROM bag b JOIN bedside_check k ON k.bag_id = b.id WHERE b.id = NEW.bag_id"
        " AND k.id = NEW.bedside_check_id AND b.state IN ('verified', 'infusing')"
        " AND k.second_user_id IS NOT NULL AND NEW.started_at <= k.expires_at AND NEW.started_at < b.expires_at"
        " AND k.bag_scanned_at <= NEW.started_at) AND " + _RELEASED,
        when=_BEGINS,
    ),
    Guard(
        "bedside_too_slow",
        "bedside_check",
        "INSERT",
        "SECONDS(NEW.wristband_scanned_at, NEW.bag_scanned_at) BETWEEN 0 AND 120"
        " AND SECONDS(NEW.bag_scanned_at, NEW.expires_at) BETWEEN 0 AND 120 AND NEW.second_user_id IS NULL"
        " AND EXISTS (SELECT 1 FROM wristband w WHERE w.id = NEW.wristband_id AND w.voided_at IS NULL)",
    ),
    Guard(
        "bag_not_at_the_bed",
        "bedside_check",
        "INSERT",
        "EXISTS (SELECT 1 FROM bag b JOIN infusion i ON i.bag_id = b.id WHERE b.id = NEW.bag_id"
        " AND b.state = 'received' AND i.state = 'confirmed' AND b.expires_at > NEW.bag_scanned_at) AND " + _RELEASED,
    ),
    Guard(
        "second_person_stays",
        "bedside_check",
        "UPDATE",
        "OLD.second_user_id IS NULL OR (NEW.second_user_id = OLD.second_user_id"
        " AND NEW.second_confirmed_at = OLD.second_confirmed_at)",
    ),
    Guard(
        "second_person_too_late",
        "bedside_check",
        "UPDATE",
        "NEW.second_confirmed_at >= NEW.bag_scanned_at AND NEW.second_confirmed_at <= NEW.expires_at",
        when="NEW.second_user_id IS NOT NULL",
    ),
    Guard(
        "not_checked_by_two",
        "infusion",
        "UPDATE",
        "EXISTS (SELECT 1 FROM bedside_check k JOIN bag b ON b.id = k.bag_id WHERE k.id = NEW.bedside_check_id"
        " AND k.second_user_id IS NOT NULL AND b.state = 'verified')",
        when="NEW.state = 'checked' AND OLD.state <> 'checked'",
    ),
    Guard("course_not_going_on", "infusion", "UPDATE", GOING_ON, when=_BEGINS),
    Guard(
        "start_not_signed",
        "infusion",
        "UPDATE",
        "EXISTS (SELECT 1 FROM signature g WHERE g.id = NEW.start_signature_id AND g.user_id = NEW.started_by_id"
        " AND g.course_id = NEW.course_id)",
        when=_BEGINS,
    ),
    Guard(
        "end_not_recorded",
        "infusion",
        "UPDATE",
        "NEW.ended_at IS NOT NULL AND NEW.ended_by_id IS NOT NULL AND NEW.volume_given_ul >= 0"
        " AND NEW.volume_given_ul <= (SELECT b.volume_ul FROM bag b WHERE b.id = NEW.bag_id)",
        when="NEW.state IN ('completed', 'stopped') AND NEW.state <> OLD.state",
    ),
)
