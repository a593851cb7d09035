"""What the database keeps of label rules: a version begins as a draft, is approved by signature, and then stands."""

from __future__ import annotations

from typing import Final

from app.db.guard import Guard

_STANDS: Final = " AND ".join(
    f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}"
    for column in ("proposed_by_id", "proposed_at", "approved_by_id", "approved_at", "signature_id")
)
_IN_DRAFT: Final = "EXISTS (SELECT 1 FROM label_rule_set s WHERE s.id = NEW.rule_set_id AND s.state = 'draft')"
_SIGNED: Final = (
    "EXISTS (SELECT 1 FROM signature g WHERE g.id = NEW.signature_id AND g.user_id = NEW.approved_by_id"
    " AND g.meaning = 'approved' AND g.record_of = 'label_rules:' || NEW.version AND g.signed_at = NEW.approved_at)"
)

LABEL_RULE_GUARDS: Final = (
    Guard("version_begins_as_draft", "label_rule_set", "INSERT", "NEW.state = 'draft' AND NEW.proposed_by_id IS NULL"),
    Guard(
        "version_state",
        "label_rule_set",
        "UPDATE",
        "(OLD.state = 'draft' AND NEW.state = 'approved') OR (OLD.state = 'approved' AND NEW.state = 'retired')",
        when="OLD.state <> NEW.state",
    ),
    Guard("approved_rules_stand", "label_rule_set", "UPDATE", _STANDS, when="OLD.state <> 'draft'"),
    Guard("rules_not_signed", "label_rule_set", "UPDATE", _SIGNED, when="NEW.state = 'approved'"),
    *(
        Guard("rules_not_in_draft", table, event, _IN_DRAFT)
        for table in ("label_statement_rule", "label_element_rule")
        for event in ("INSERT", "UPDATE")
    ),
    Guard("product_statement", "label_statement_rule", "UPDATE", "1 = 0", when="OLD.citation_status = 'product'"),
)
