"""What the database keeps of patients, materials and collections: the line before the culture."""

from __future__ import annotations

from typing import Final

from app.db.guard import Guard
from app.db.material_guards import usable_at

_GOING_ON: Final = (
    "EXISTS (SELECT 1 FROM course c WHERE c.id = NEW.course_id AND c.state = 'active')"
    " AND EXISTS (SELECT 1 FROM consent k WHERE k.course_id = NEW.course_id AND k.kind = 'treatment'"
    " AND k.withdrawn_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.course_id = NEW.course_id AND h.product_lot_id IS NULL"
    " AND h.lifted_at IS NULL)"
)
_ORDERED: Final = (
    "EXISTS (SELECT 1 FROM treatment_order o WHERE o.id = NEW.treatment_order_id AND o.course_id = NEW.course_id"
    " AND o.state = 'active')"
)
_STARTS: Final = "NEW.state = 'in_progress' AND OLD.state <> 'in_progress'"
_PASSED_BY_TWO: Final = (
    "OLD.state = 'received' AND NEW.accepted_with_id IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM collection_receipt r WHERE r.collection_id = NEW.id AND r.integrity = 'pass'"
    " AND r.temperature = 'pass' AND r.identity = 'pass' AND r.label = 'pass' AND r.time_out_of_storage = 'pass')"
)
_KEPT_COOL: Final = (
    "EXISTS (SELECT 1 FROM site s WHERE CAST(NEW.temperature_c AS NUMERIC)"
    " BETWEEN CAST(s.storage_lowest_c AS NUMERIC) AND CAST(s.storage_highest_c AS NUMERIC))"
)
_CLOSED_FOR_USE: Final = (
    "OLD.state = 'quarantined'"
    " AND NOT EXISTS (SELECT 1 FROM deviation d WHERE d.about = NEW.code"
    " AND (d.state = 'open' OR d.disposition = 'reject'))"
    " AND EXISTS (SELECT 1 FROM deviation d WHERE d.about = NEW.code AND d.course_id = NEW.course_id"
    " AND d.state = 'closed' AND d.disposition IN ('use', 'use_with_reason'))"
)

COLLECTION_GUARDS: Final = (
    Guard("weight_verified_at_once", "body_weight", "INSERT", "NEW.verified_by_id IS NULL"),
    Guard("wristband_stays_void", "wristband", "UPDATE", "OLD.voided_at IS NULL"),
    Guard("consent_stays_withdrawn", "consent", "UPDATE", "OLD.withdrawn_at IS NULL"),
    Guard("course_not_going_on", "treatment_order", "INSERT", _GOING_ON),
    Guard("course_not_going_on", "culture", "INSERT", f"{_GOING_ON} AND {_ORDERED}"),
    Guard(
        "course_not_going_on",
        "culture",
        "UPDATE",
        _GOING_ON,
        when="NEW.state <> OLD.state AND NEW.state IN ('in_process', 'incubating', 'harvested', 'formulated')",
    ),
    Guard("course_not_going_on", "collection", "INSERT", f"{_GOING_ON} AND {_ORDERED}"),
    Guard(
        "course_not_going_on",
        "collection",
        "UPDATE",
        _GOING_ON,
        when="NEW.state <> OLD.state AND NEW.state IN ('in_progress', 'collected', 'accepted')",
    ),
    Guard("course_not_going_on", "collection", "UPDATE", _ORDERED, when=_STARTS),
    Guard("temperature_cannot_pass", "collection_receipt", "INSERT", _KEPT_COOL, when="NEW.temperature = 'pass'"),
    Guard(
        "collection_start_not_permitted",
        "collection",
        "UPDATE",
        "EXISTS (SELECT 1 FROM wristband w WHERE w.id = NEW.wristband_id AND w.voided_at IS NULL)"
        " AND EXISTS (SELECT 1 FROM equipment e WHERE e.id = NEW.separator_id AND e.kind = 'separator'"
        " AND e.state = 'in_service' AND e.calibration_due_at > NEW.started_at)"
        " AND EXISTS (SELECT 1 FROM material_lot m WHERE m.id = NEW.kit_lot_id AND m.role = 'collection_kit'"
        f" AND {usable_at('NEW.started_at')})"
        " AND NEW.precount_lymphocytes_1e9_per_l IS NOT NULL AND NEW.haemoglobin_g_per_l IS NOT NULL"
        " AND NEW.platelets_1e9_per_l IS NOT NULL",
        when=_STARTS,
    ),
    Guard(
        "collection_label_not_applied",
        "collection",
        "UPDATE",
        "EXISTS (SELECT 1 FROM label l WHERE l.collection_id = NEW.id AND l.code = NEW.code AND l.state = 'applied'"
        " AND l.requested_at >= NEW.yield_entered_at)"
        " AND NEW.ended_at IS NOT NULL AND NEW.volume_ul IS NOT NULL AND NEW.anticoagulant_ul IS NOT NULL"
        " AND NEW.wbc_cells IS NOT NULL AND NEW.performed_by_id IS NOT NULL AND NEW.checked_by_id IS NOT NULL",
        when="NEW.state = 'collected' AND OLD.state <> 'collected'",
    ),
    Guard(
        "collection_not_inspected",
        "collection",
        "UPDATE",
        "EXISTS (SELECT 1 FROM collection_receipt r WHERE r.collection_id = NEW.id)",
        when="NEW.state = 'received' AND OLD.state <> 'received'",
    ),
    Guard(
        "collection_not_acceptable",
        "collection",
        "UPDATE",
        f"NEW.accepted_by_id IS NOT NULL AND (({_PASSED_BY_TWO}) OR ({_CLOSED_FOR_USE}))",
        when="NEW.state = 'accepted' AND OLD.state <> 'accepted'",
    ),
    Guard(
        "quarantine_without_deviation",
        "collection",
        "UPDATE",
        "EXISTS (SELECT 1 FROM deviation d WHERE d.about = NEW.code AND d.state = 'open')",
        when="NEW.state = 'quarantined' AND OLD.state <> 'quarantined'",
    ),
)
