"""The safety rules that a row can express, once more inside the database, where no page and no API is in between.

Each guard is one condition that must hold when a row is written. A condition that is unknown (null) does not hold.
The same text runs on SQLite and PostgreSQL; `app.db.triggers` turns it into triggers.
"""

from __future__ import annotations

from app.db.assay_guards import ASSAY_GUARDS
from app.db.collection_guards import COLLECTION_GUARDS
from app.db.culture_guards import CULTURE_GUARDS
from app.db.guard import Guard
from app.db.infusion_guards import INFUSION_GUARDS
from app.db.quality_guards import QUALITY_GUARDS

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
GUARDS = (
    *ASSAY_GUARDS,
    *COLLECTION_GUARDS,
    *CULTURE_GUARDS,
    *INFUSION_GUARDS,
    *QUALITY_GUARDS,
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
)
