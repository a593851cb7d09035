"""What the database keeps of material lots: their state, opening, quantity and parts."""

from __future__ import annotations

from typing import Final

from app.db.guard import Guard
from app.domain.supplies import Substance

_LAST: Final = (
    "(SELECT w.{column} FROM material_movement w WHERE w.material_lot_id = {lot} ORDER BY w.number DESC LIMIT 1)"
)
_IS_OF: Final = "EXISTS (SELECT 1 FROM material c WHERE c.id = {lot}.material_id AND {rule})"
_CHANGES: Final = "NEW.{column} IS DISTINCT FROM OLD.{column}"
_ENTERS: Final = "NEW.state <> OLD.state AND NEW.state = '{state}'"


def usable_at(at: str) -> str:
    """SQL: the lot `m` is released, in date, not open too long and not empty, at the instant `at`."""
    opened = _IS_OF.format(lot="m", rule="(c.days_open IS NULL OR m.opened_at IS NOT NULL)")
    left = _LAST.format(column="left_milli", lot="m.id")
    return (
        f"m.state = 'released' AND m.expires_at > {at} AND (m.open_until IS NULL OR m.open_until > {at})"
        f" AND {opened} AND {left} > 0"
    )


def _all_in(part: str, whole: str) -> str:
    """SQL: every substance of `part` is one of `whole` as well."""
    return " AND ".join(f"({_without(each, part)} OR NOT {_without(each, whole)})" for each in Substance)


def _without(substance: Substance, of: str) -> str:
    words = f"' ' || coalesce({of}.substances, '') || ' '"
    return f"(replace({words}, ' {substance.value} ', '') = {words})"


MATERIAL_GUARDS: Final = (
    Guard(
        "lot_not_of_the_catalogue",
        "material_lot",
        "INSERT",
        _IS_OF.format(lot="NEW", rule=f"c.name = NEW.name AND c.role = NEW.role AND {_all_in('c', 'NEW')}")
        + " AND NEW.opened_at IS NULL AND NEW.released_by_id IS NULL",
    ),
    Guard(
        "material_not_openable",
        "material_lot",
        "UPDATE",
        "NEW.opened_at IS NOT NULL AND (OLD.opened_at IS NULL OR NEW.opened_at > OLD.opened_at)"
        " AND NEW.state = 'released'"
        " AND NEW.opened_at < NEW.expires_at AND NEW.open_until <= NEW.expires_at AND "
        + _IS_OF.format(
            lot="NEW", rule="(c.days_open IS NULL OR SECONDS(NEW.opened_at, NEW.open_until) <= c.days_open * 86400)"
        ),
        when=f"{_CHANGES.format(column='opened_at')} OR {_CHANGES.format(column='open_until')}",
    ),
    Guard(
        "material_not_releasable",
        "material_lot",
        "UPDATE",
        "NEW.released_by_id IS NOT NULL AND (EXISTS (SELECT 1 FROM material_certificate k"
        " WHERE k.material_lot_id = NEW.id) OR (EXISTS (SELECT 1 FROM material_part p WHERE p.material_lot_id = NEW.id)"
        " AND NOT EXISTS (SELECT 1 FROM material_part p JOIN material_lot m ON m.id = p.part_id"
        " WHERE p.material_lot_id = NEW.id AND m.state <> 'released')))",
        when=_ENTERS.format(state="released"),
    ),
    Guard(
        "releaser_stays",
        "material_lot",
        "UPDATE",
        "OLD.state = 'quarantined' AND NEW.state = 'released'",
        when=_CHANGES.format(column="released_by_id"),
    ),
    Guard(
        "preparation_not_recalled",
        "material_lot",
        "UPDATE",
        "NOT EXISTS (SELECT 1 FROM material_part p JOIN material_lot made ON made.id = p.material_lot_id"
        " WHERE p.part_id = NEW.id AND made.state IN ('quarantined', 'released'))",
        when=_ENTERS.format(state="recalled"),
    ),
    Guard(
        "quantity_does_not_follow",
        "material_movement",
        "INSERT",
        f"NEW.left_milli = {_LAST.format(column='left_milli', lot='NEW.material_lot_id')} + NEW.amount_milli"
        f" AND NEW.number = {_LAST.format(column='number', lot='NEW.material_lot_id')} + 1",
        when="NEW.number <> 1",
    ),
    Guard(
        "quantity_does_not_follow",
        "material_movement",
        "INSERT",
        "NEW.left_milli = NEW.amount_milli",
        when="NEW.number = 1",
    ),
    Guard(
        "quantity_needs_reason",
        "material_movement",
        "INSERT",
        "NEW.reason IS NOT NULL",
        when="NEW.kind IN ('wasted', 'corrected')",
    ),
    Guard(
        "part_not_usable",
        "material_part",
        "INSERT",
        "EXISTS (SELECT 1 FROM material_lot m JOIN material_lot made ON made.id = NEW.material_lot_id"
        f" WHERE m.id = NEW.part_id AND {usable_at('made.received_at')} AND made.state = 'quarantined'"
        f" AND made.expires_at <= m.expires_at AND (m.open_until IS NULL OR made.expires_at <= m.open_until)"
        f" AND {_all_in('m', 'made')})",
    ),
)
