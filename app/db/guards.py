"""The safety rules that a row can express, once more inside the database, where no page and no API is in between.

Each guard is one condition that must hold when a row is written. A condition that is unknown (null) does not hold.
The same text runs on SQLite and PostgreSQL; `app.db.triggers` turns it into triggers.
"""

from __future__ import annotations

from app.db.assay_guards import ASSAY_GUARDS
from app.db.guard import Guard

__all__ = ["GUARDS", "Guard"]

_IN_FORCE = "EXISTS (SELECT 1 FROM decision_bag d WHERE d.bag_id = NEW.{bag} AND d.is_effective)"
_NO_HOLD = (
    "NOT EXISTS (SELECT 1 FROM hold h JOIN bag b ON b.id = NEW.{bag} WHERE h.lifted_at IS NULL"
    " AND h.course_id = b.course_id AND (h.product_lot_id IS NULL OR h.product_lot_id = b.product_lot_id))"
)
_LABEL_APPLIED = "EXISTS (SELECT 1 FROM label l WHERE l.bag_id = NEW.{bag} AND l.state = 'applied')"
_SIGNER_APART = (
    "NOT EXISTS (SELECT 1 FROM evidence_actor a WHERE a.user_id = NEW.signed_by_id AND ("
    "a.product_lot_id = NEW.product_lot_id"
    " OR a.culture_id = (SELECT p.culture_id FROM product_lot p WHERE p.id = NEW.product_lot_id)"
    " OR a.collection_id IN (SELECT i.collection_id FROM culture_input i JOIN product_lot p"
    " ON p.culture_id = i.culture_id WHERE p.id = NEW.product_lot_id)))"
)
_GOING_ON = (
    "EXISTS (SELECT 1 FROM course c WHERE c.id = NEW.course_id AND c.state = 'active')"
    " AND EXISTS (SELECT 1 FROM consent k WHERE k.course_id = NEW.course_id AND k.kind = 'treatment'"
    " AND k.withdrawn_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.course_id = NEW.course_id AND h.product_lot_id IS NULL"
    " AND h.lifted_at IS NULL)"
)
_ORDERED = (
    "EXISTS (SELECT 1 FROM treatment_order o WHERE o.id = NEW.treatment_order_id AND o.course_id = NEW.course_id"
    " AND o.state = 'active')"
)
_RECEIPT_PASSED = (
    "EXISTS (SELECT 1 FROM collection_receipt r WHERE r.collection_id = NEW.id AND r.integrity = 'pass'"
    " AND r.temperature = 'pass' AND r.identity = 'pass' AND r.label = 'pass' AND r.time_out_of_storage = 'pass')"
)

GUARDS = (
    *ASSAY_GUARDS,
    Guard(
        "ledger_chain",
        "ledger_event",
        "INSERT",
        "NEW.version = 1 OR EXISTS (SELECT 1 FROM ledger_event e WHERE e.stream = NEW.stream"
        " AND e.version = NEW.version - 1 AND e.leaf_hash = NEW.prev_hash AND e.at <= NEW.at)",
    ),
    Guard("releaser_took_part", "release_decision", "INSERT", _SIGNER_APART),
    Guard("releaser_took_part", "release_decision", "UPDATE", _SIGNER_APART),
    Guard(
        "specification_is_example",
        "release_decision",
        "INSERT",
        "(SELECT s.is_example FROM specification s WHERE s.id = NEW.specification_id) <="
        " (SELECT t.is_demo FROM site t WHERE t.id = 1)",
        when="NEW.kind <> 'reject'",
    ),
    Guard(
        "specification_not_pinned",
        "release_decision",
        "INSERT",
        "NEW.specification_id = (SELECT p.specification_id FROM product_lot p WHERE p.id = NEW.product_lot_id)",
    ),
    Guard(
        "lot_without_decision",
        "product_lot",
        "UPDATE",
        "EXISTS (SELECT 1 FROM release_decision d WHERE d.product_lot_id = NEW.id AND d.state = 'effective'"
        " AND d.kind = CASE NEW.state WHEN 'conditional' THEN 'conditional' WHEN 'exceptional' THEN 'exceptional'"
        " WHEN 'rejected' THEN 'reject' ELSE 'release' END)",
        when="NEW.state <> OLD.state"
        " AND NEW.state IN ('released', 'conditional', 'exceptional', 'released_final', 'rejected')",
    ),
    Guard(
        "decision_bag_not_effective",
        "decision_bag",
        "UPDATE",
        "EXISTS (SELECT 1 FROM release_decision d WHERE d.id = NEW.release_decision_id AND d.state = 'effective'"
        " AND d.kind <> 'reject')",
        when="NEW.is_effective",
    ),
    Guard("decision_bag_not_effective", "decision_bag", "INSERT", "NOT NEW.is_effective"),
    Guard(
        "label_not_applied",
        "bag",
        "UPDATE",
        _LABEL_APPLIED.format(bag="id"),
        when="NEW.state <> OLD.state AND NEW.state IN ('labelled', 'available', 'issued', 'infusing')",
    ),
    Guard(
        "not_released",
        "bag",
        "UPDATE",
        _IN_FORCE.format(bag="id") + " AND " + _NO_HOLD.format(bag="id"),
        when="NEW.state <> OLD.state AND NEW.state IN ('available', 'issued', 'received', 'verified', 'infusing')",
    ),
    Guard(
        "dose_not_confirmed",
        "bag",
        "UPDATE",
        "EXISTS (SELECT 1 FROM infusion i WHERE i.bag_id = NEW.id AND i.state IN ('confirmed', 'checked', 'running'))",
        when="NEW.state <> OLD.state AND NEW.state IN ('issued', 'received', 'verified', 'infusing')",
    ),
    Guard(
        "bag_expired",
        "custody_event",
        "INSERT",
        "(SELECT b.expires_at FROM bag b WHERE b.id = NEW.bag_id) > NEW.at",
        when="NEW.bag_state IN ('issued', 'verified', 'infusing')",
    ),
    Guard(
        "custody_order",
        "custody_event",
        "INSERT",
        "NEW.seq = 1 OR EXISTS (SELECT 1 FROM custody_event c WHERE c.bag_id = NEW.bag_id"
        " AND c.seq = NEW.seq - 1 AND c.at <= NEW.at)",
    ),
    Guard(
        "hand_over_needs_two",
        "custody_event",
        "INSERT",
        "NEW.witness_id IS NOT NULL",
        when="NEW.from_holder_id <> NEW.to_holder_id",
    ),
    Guard("infusion_begins_confirmed", "infusion", "INSERT", "NEW.state = 'confirmed'"),
    Guard(
        "bag_not_released",
        "infusion",
        "INSERT",
        "EXISTS (SELECT 1 FROM bag b WHERE b.id = NEW.bag_id AND b.state = 'available') AND "
        + _IN_FORCE.format(bag="bag_id"),
    ),
    Guard(
        "infusion_not_permitted",
        "infusion",
        "UPDATE",
        "EXISTS (SELECT 1 FROM bag b JOIN bedside_check k ON k.bag_id = b.id WHERE b.id = NEW.bag_id"
        " AND k.id = NEW.bedside_check_id AND b.state IN ('verified', 'infusing')"
        " AND k.second_user_id IS NOT NULL AND NEW.started_at <= k.expires_at AND NEW.started_at < b.expires_at"
        " AND k.bag_scanned_at <= NEW.started_at) AND "
        + _IN_FORCE.format(bag="bag_id")
        + " AND "
        + _NO_HOLD.format(bag="bag_id"),
        when="NEW.state = 'running' AND OLD.state <> 'running'",
    ),
    Guard(
        "bedside_too_slow",
        "bedside_check",
        "INSERT",
        "NEW.bag_scanned_at >= NEW.wristband_scanned_at AND NEW.second_user_id IS NULL"
        " AND EXISTS (SELECT 1 FROM wristband w WHERE w.id = NEW.wristband_id AND w.voided_at IS NULL)",
    ),
    Guard(
        "culture_input_not_accepted",
        "culture_input",
        "INSERT",
        "EXISTS (SELECT 1 FROM collection c WHERE c.id = NEW.collection_id AND c.state = 'accepted')",
    ),
    Guard(
        "material_not_usable",
        "culture_material",
        "INSERT",
        "EXISTS (SELECT 1 FROM material_lot m JOIN culture_step s ON s.id = NEW.culture_step_id"
        " WHERE m.id = NEW.material_lot_id AND m.state = 'released' AND m.expires_at > s.performed_at)",
    ),
    Guard(
        "equipment_not_usable",
        "culture_equipment",
        "INSERT",
        "EXISTS (SELECT 1 FROM equipment e JOIN culture_step s ON s.id = NEW.culture_step_id"
        " WHERE e.id = NEW.equipment_id AND e.state = 'in_service' AND e.calibration_due_at > s.performed_at)",
    ),
    Guard("weight_verified_at_once", "body_weight", "INSERT", "NEW.verified_by_id IS NULL"),
    Guard("wristband_stays_void", "wristband", "UPDATE", "OLD.voided_at IS NULL"),
    Guard("consent_stays_withdrawn", "consent", "UPDATE", "OLD.withdrawn_at IS NULL"),
    Guard("course_not_going_on", "treatment_order", "INSERT", _GOING_ON),
    Guard(
        "material_state",
        "material_lot",
        "UPDATE",
        "OLD.state = 'quarantined' OR (OLD.state = 'released' AND NEW.state = 'recalled')",
        when="NEW.state <> OLD.state",
    ),
    Guard("material_begins_quarantined", "material_lot", "INSERT", "NEW.state = 'quarantined'"),
    Guard("course_not_going_on", "collection", "INSERT", f"{_GOING_ON} AND {_ORDERED}"),
    Guard(
        "course_not_going_on",
        "collection",
        "UPDATE",
        _GOING_ON,
        when="NEW.state <> OLD.state AND NEW.state IN ('in_progress', 'collected', 'accepted')",
    ),
    Guard(
        "collection_start_not_permitted",
        "collection",
        "UPDATE",
        "EXISTS (SELECT 1 FROM wristband w WHERE w.id = NEW.wristband_id AND w.voided_at IS NULL)"
        " AND EXISTS (SELECT 1 FROM equipment e WHERE e.id = NEW.separator_id AND e.kind = 'separator'"
        " AND e.state = 'in_service' AND e.calibration_due_at > NEW.started_at)"
        " AND EXISTS (SELECT 1 FROM material_lot m WHERE m.id = NEW.kit_lot_id AND m.role = 'collection_kit'"
        " AND m.state = 'released' AND m.expires_at > NEW.started_at)"
        " AND NEW.precount_lymphocytes_1e9_per_l IS NOT NULL AND NEW.haemoglobin_g_per_l IS NOT NULL"
        f" AND NEW.platelets_1e9_per_l IS NOT NULL AND {_ORDERED}",
        when="NEW.state = 'in_progress' AND OLD.state <> 'in_progress'",
    ),
    Guard(
        "collection_label_not_applied",
        "collection",
        "UPDATE",
        "EXISTS (SELECT 1 FROM label l WHERE l.collection_id = NEW.id AND l.code = NEW.code AND l.state = 'applied'"
        " AND l.requested_at >= NEW.yield_entered_at) AND NEW.ended_at IS NOT NULL AND NEW.volume_ul IS NOT NULL AND NEW.anticoagulant_ul IS NOT NULL"
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
        f"NEW.accepted_by_id IS NOT NULL AND ((OLD.state = 'received' AND NEW.accepted_with_id IS NOT NULL"
        f" AND {_RECEIPT_PASSED}) OR (OLD.state = 'quarantined'"
        " AND NOT EXISTS (SELECT 1 FROM deviation d WHERE d.about = NEW.code"
        " AND (d.state = 'open' OR d.disposition = 'reject'))"
        " AND EXISTS (SELECT 1 FROM deviation d WHERE d.about = NEW.code AND d.course_id = NEW.course_id"
        " AND d.state = 'closed' AND d.disposition IN ('use', 'use_with_reason'))))",
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
