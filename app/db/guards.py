"""The safety rules that a row can express, once more inside the database, where no page and no API is in between.

Each guard is one condition that must hold when a row is written. A condition that is unknown (null) does not hold.
The same text runs on SQLite and PostgreSQL; `app.db.triggers` turns it into triggers.
"""

from __future__ import annotations

from app.db.assay_guards import ASSAY_GUARDS
from app.db.collection_guards import COLLECTION_GUARDS
from app.db.culture_guards import CULTURE_GUARDS
from app.db.custody_guards import CUSTODY_GUARDS
from app.db.guard import Guard
from app.db.infusion_guards import INFUSION_GUARDS
from app.db.label_rule_guards import LABEL_RULE_GUARDS
from app.db.material_guards import MATERIAL_GUARDS, usable_at
from app.db.printing_guards import PRINTING_GUARDS
from app.db.quality_guards import QUALITY_GUARDS

__all__ = ["GUARDS", "Guard"]

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
    *CUSTODY_GUARDS,
    *INFUSION_GUARDS,
    *LABEL_RULE_GUARDS,
    *MATERIAL_GUARDS,
    *PRINTING_GUARDS,
    *QUALITY_GUARDS,
    Guard(
        "ledger_chain",
        "ledger_event",
        "INSERT",
        "NEW.version = 1 OR EXISTS (SELECT 1 FROM ledger_event e WHERE e.stream = NEW.stream"
        " AND e.version = NEW.version - 1 AND e.leaf_hash = NEW.prev_hash AND e.at <= NEW.at)",
    ),
    Guard(
        "isbt_statement_not_signed",
        "isbt_statement",
        "INSERT",
        "EXISTS (SELECT 1 FROM signature g WHERE g.id = NEW.signature_id AND g.user_id = NEW.stated_by_id"
        " AND g.record_of = 'isbt128' AND g.signed_at = NEW.stated_at)",
    ),
    Guard(
        "not_validation_fin",
        "isbt_statement",
        "INSERT",
        "substr(NEW.facility_number, 1, 4) = 'A999'",
        when="NEW.is_on AND EXISTS (SELECT 1 FROM site t WHERE t.id = 1 AND t.is_demo)",
    ),
    Guard("releaser_took_part", "release_decision", "INSERT", _SIGNER_APART),
    Guard(
        "releaser_took_part",
        "release_decision",
        "UPDATE",
        _SIGNER_APART,
        when="NEW.state = 'effective' AND OLD.state <> 'effective'",
    ),
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
        f" WHERE m.id = NEW.material_lot_id AND {usable_at('s.performed_at')})",
    ),
    Guard(
        "equipment_not_usable",
        "culture_equipment",
        "INSERT",
        "EXISTS (SELECT 1 FROM equipment e JOIN culture_step s ON s.id = NEW.culture_step_id"
        " WHERE e.id = NEW.equipment_id AND e.state = 'in_service' AND e.calibration_due_at > s.performed_at)",
    ),
)
