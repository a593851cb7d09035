"""The guards of recipes, specifications, cultures, lots and the filling of bags. Not custody and not release."""

from __future__ import annotations

from typing import Final

from app.db.guard import Guard

_STATE_CHANGES: Final = "NEW.state <> OLD.state"
_SAME_CULTURE: Final = "EXISTS (SELECT 1 FROM {table} t WHERE t.id = NEW.{table}_id AND t.culture_id = NEW.culture_id)"
_NO_ALLERGY: Final = (
    "NOT EXISTS (SELECT 1 FROM allergy a JOIN material_lot m ON m.id = NEW.material_lot_id"
    " WHERE a.patient_id = NEW.patient_id AND a.ended_at IS NULL"
    " AND replace(' ' || lower(m.substances) || ' ', ' ' || lower(a.substance) || ' ', '')"
    " <> ' ' || lower(m.substances) || ' ')"
)
_SAMPLED: Final = "EXISTS (SELECT 1 FROM test_run r WHERE r.culture_id = NEW.id AND r.kind = '{kind}')"


_STEPS_OF_A_VERSION: Final = {
    "recipe": (("draft", "proposed"), ("proposed", "approved"), ("proposed", "retired"), ("approved", "retired")),
    "specification": (("draft", "approved"), ("approved", "retired")),
}
_OF_THE_RECIPE: Final = (
    "document", "document_sha256", "product_name", "storage", "harvest_from_h", "harvest_until_h",
)  # fmt: skip
_OF_THE_APPROVAL: Final = ("approved_by_id", "approved_at", "signature_id")


def _document(table: str) -> tuple[Guard, ...]:
    """A version begins as a draft, is approved once, and retires."""
    listed = " OR ".join(f"(OLD.state = '{a}' AND NEW.state = '{b}')" for a, b in _STEPS_OF_A_VERSION[table])
    return (
        Guard("version_begins_as_draft", table, "INSERT", "NEW.state = 'draft'"),
        Guard("version_state", table, "UPDATE", listed, when=_STATE_CHANGES),
    )


def _same(columns: tuple[str, ...]) -> str:
    return " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in columns)


CULTURE_GUARDS: Final = (
    *_document("recipe"),
    Guard("recipe_is_closed", "recipe", "UPDATE", _same(_OF_THE_RECIPE), when="OLD.state <> 'draft'"),
    Guard(
        "approval_stays",
        "recipe",
        "UPDATE",
        _same(_OF_THE_APPROVAL),
        when="NOT (OLD.state = 'proposed' AND NEW.state = 'approved')",
    ),
    Guard(
        "approval_of_another_record",
        "recipe",
        "UPDATE",
        "EXISTS (SELECT 1 FROM signature s WHERE s.id = NEW.signature_id AND s.user_id = NEW.approved_by_id"
        " AND s.meaning = 'approved' AND s.record_of = 'recipe:' || NEW.name || ':' || NEW.version)",
        when=f"{_STATE_CHANGES} AND NEW.state = 'approved'",
    ),
    *_document("specification"),
    Guard(
        "specification_is_closed",
        "specification_criterion",
        "INSERT",
        "EXISTS (SELECT 1 FROM specification s WHERE s.id = NEW.specification_id AND s.state = 'draft')",
    ),
    Guard(
        "documents_not_approved",
        "culture",
        "INSERT",
        "EXISTS (SELECT 1 FROM recipe r WHERE r.id = NEW.recipe_id AND r.state = 'approved')"
        " AND EXISTS (SELECT 1 FROM specification s WHERE s.id = NEW.specification_id AND s.state = 'approved')",
    ),
    Guard(
        "bench_not_scanned",
        "culture",
        "UPDATE",
        "NEW.bench_id IS NOT NULL",
        when=f"{_STATE_CHANGES} AND NEW.state IN ('in_process', 'harvested')",
    ),
    Guard(
        "not_seeded",
        "culture",
        "UPDATE",
        "NEW.seeded_at IS NOT NULL AND EXISTS (SELECT 1 FROM vessel_group g WHERE g.culture_id = NEW.id)",
        when=f"{_STATE_CHANGES} AND NEW.state = 'incubating'",
    ),
    Guard(
        "samples_missing",
        "culture",
        "UPDATE",
        "NEW.harvested_at IS NOT NULL AND "
        + " AND ".join(_SAMPLED.format(kind=kind) for kind in ("sterility", "mycoplasma", "endotoxin")),
        when=f"{_STATE_CHANGES} AND NEW.state = 'harvested'",
    ),
    Guard("allergy", "culture_material", "INSERT", _NO_ALLERGY),
    Guard("wrong_culture", "culture_material", "INSERT", _SAME_CULTURE.format(table="culture_step")),
    Guard("wrong_culture", "culture_equipment", "INSERT", _SAME_CULTURE.format(table="culture_step")),
    Guard("wrong_culture", "vessel", "INSERT", _SAME_CULTURE.format(table="vessel_group")),
    Guard("wrong_culture", "vessel_reading", "INSERT", _SAME_CULTURE.format(table="vessel")),
    Guard(
        "vessel_not_countable",
        "vessel_reading",
        "INSERT",
        "NEW.verified_by_id IS NULL AND EXISTS (SELECT 1 FROM vessel v JOIN culture c ON c.id = v.culture_id"
        " WHERE v.id = NEW.vessel_id AND v.state = 'active' AND c.state = 'incubating'"
        " AND c.seeded_at <= NEW.taken_at)",
    ),
    Guard(
        "vessel_state",
        "vessel",
        "UPDATE",
        "OLD.state = 'active'",
        when=_STATE_CHANGES,
    ),
    Guard(
        "specification_not_pinned",
        "product_lot",
        "INSERT",
        "NEW.specification_id = (SELECT c.specification_id FROM culture c WHERE c.id = NEW.culture_id)",
    ),
    Guard(
        "bags_not_labelled",
        "product_lot",
        "UPDATE",
        "EXISTS (SELECT 1 FROM bag b WHERE b.product_lot_id = NEW.id)"
        " AND NOT EXISTS (SELECT 1 FROM bag b WHERE b.product_lot_id = NEW.id AND b.state = 'filled')",
        when=f"{_STATE_CHANGES} AND NEW.state = 'quarantine' AND OLD.state = 'in_process'",
    ),
    Guard(
        "more_than_harvested",
        "bag",
        "INSERT",
        "EXISTS (SELECT 1 FROM product_lot p WHERE p.id = NEW.product_lot_id AND p.state = 'in_process'"
        " AND p.harvested_viable_cells >= NEW.viable_cells"
        " + (SELECT coalesce(sum(b.viable_cells), 0) FROM bag b WHERE b.product_lot_id = NEW.product_lot_id))",
    ),
)
