"""The guards of bags and their links of custody: nothing moves towards a patient unless every rule holds.

A bag is where its last link says; so what a link may not say, no bag can be.
"""

from __future__ import annotations

from typing import Final

from app.db.guard import Guard
from app.domain.states import TRANSITIONS

IN_FORCE: Final = "EXISTS (SELECT 1 FROM decision_bag d WHERE d.bag_id = NEW.{bag} AND d.is_effective)"
NO_HOLD: Final = (
    "NOT EXISTS (SELECT 1 FROM hold h JOIN bag b ON b.id = NEW.{bag} WHERE h.lifted_at IS NULL"
    " AND h.course_id = b.course_id AND (h.product_lot_id IS NULL OR h.product_lot_id = b.product_lot_id))"
)
_RELEASED: Final = f"{IN_FORCE} AND {NO_HOLD}"
NOT_TAINTED: Final = (
    "NOT EXISTS (SELECT 1 FROM bag b JOIN product_lot p ON p.id = b.product_lot_id"
    " JOIN culture_material u ON u.culture_id = p.culture_id JOIN material_lot m ON m.id = u.material_lot_id"
    " WHERE b.id = NEW.bag_id AND m.state = 'recalled')"
    " AND NOT EXISTS (SELECT 1 FROM bag b JOIN product_lot p ON p.id = b.product_lot_id"
    " JOIN culture_input i ON i.culture_id = p.culture_id JOIN collection c ON c.id = i.collection_id"
    " JOIN material_lot m ON m.id = c.kit_lot_id WHERE b.id = NEW.bag_id AND m.state = 'recalled')"
)
GOING_ON: Final = (
    "EXISTS (SELECT 1 FROM course c WHERE c.id = NEW.course_id AND c.state = 'active')"
    " AND EXISTS (SELECT 1 FROM consent k WHERE k.course_id = NEW.course_id AND k.kind = 'treatment'"
    " AND k.withdrawn_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.course_id = NEW.course_id AND h.product_lot_id IS NULL"
    " AND h.lifted_at IS NULL)"
)
_LABELLED: Final = "EXISTS (SELECT 1 FROM label l WHERE l.bag_id = NEW.{bag} AND l.state = 'applied')"
_DOSED: Final = (
    "EXISTS (SELECT 1 FROM infusion i WHERE i.bag_id = NEW.{bag} AND i.state IN ('confirmed', 'checked', 'running'))"
)
_CHANGES: Final = "NEW.state <> OLD.state AND NOT (OLD.state = 'verified' AND NEW.state = 'received') AND "
"""A check that lapses takes the bag a step back, and stepping back is never refused."""

_OF_THE_BAG: Final = (
    Guard(
        "unlinked_bag",
        "bag",
        "UPDATE",
        "EXISTS (SELECT 1 FROM custody_event c WHERE c.bag_id = NEW.id AND c.bag_state = NEW.state"
        " AND c.to_holder_id = NEW.holder_id AND c.to_place_id = NEW.place_id"
        " AND NOT EXISTS (SELECT 1 FROM custody_event d WHERE d.bag_id = NEW.id AND d.seq > c.seq))",
        when="NEW.state <> OLD.state OR NEW.holder_id <> OLD.holder_id OR NEW.place_id <> OLD.place_id",
    ),
    Guard(
        "label_not_applied",
        "bag",
        "UPDATE",
        _LABELLED.format(bag="id"),
        when=_CHANGES + "NEW.state IN ('labelled', 'available', 'issued', 'received', 'verified', 'infusing')",
    ),
    Guard(
        "not_released",
        "bag",
        "UPDATE",
        _RELEASED.format(bag="id"),
        when=_CHANGES + "NEW.state IN ('available', 'issued', 'received', 'verified', 'infusing')",
    ),
    Guard(
        "dose_not_confirmed",
        "bag",
        "UPDATE",
        _DOSED.format(bag="id"),
        when=_CHANGES + "NEW.state IN ('issued', 'received', 'verified', 'infusing')",
    ),
)

_AT_THE_BED: Final = "(NEW.kind = 'check' AND NEW.bag_state = 'verified') OR NEW.bag_state = 'infusing'"
_TO_THE_BED: Final = f"NEW.kind IN ('issue', 'receive') OR {_AT_THE_BED}"
_FOLLOWS: Final = " OR ".join(
    f"(c.bag_state = '{before}' AND NEW.bag_state = '{after}')" for before, after in sorted(TRANSITIONS["bag"])
)
_OF_THE_LINK: Final = (
    Guard(
        "custody_order",
        "custody_event",
        "INSERT",
        "NEW.seq = 1 OR EXISTS (SELECT 1 FROM custody_event c WHERE c.bag_id = NEW.bag_id"
        " AND c.seq = NEW.seq - 1 AND c.at <= NEW.at)",
    ),
    Guard(
        "custody_step",
        "custody_event",
        "INSERT",
        "(NEW.seq > 1 OR (NEW.kind = 'fill' AND NEW.bag_state = 'filled'))"
        " AND NOT EXISTS (SELECT 1 FROM custody_event c WHERE c.bag_id = NEW.bag_id AND c.seq = NEW.seq - 1"
        f" AND NOT (c.bag_state = NEW.bag_state OR {_FOLLOWS}))",
        when="NEW.corrects_id IS NULL",
    ),
    Guard(
        "hand_over_needs_two",
        "custody_event",
        "INSERT",
        "NEW.witness_id IS NOT NULL",
        when="NEW.from_holder_id <> NEW.to_holder_id",
    ),
    Guard(
        "step_needs_a_person",
        "custody_event",
        "INSERT",
        "NEW.actor_id IS NOT NULL",
        when="NOT (NEW.bag_state IN ('expired', 'recalled') AND NEW.kind = 'withhold')"
        " AND NOT (NEW.bag_state = 'received' AND NEW.kind = 'check')",
    ),
    Guard(
        "step_needs_two",
        "custody_event",
        "INSERT",
        "NEW.witness_id IS NOT NULL",
        when="NEW.kind IN ('fill', 'label', 'issue', 'receive', 'return', 'dispose')"
        " OR (NEW.kind = 'check' AND NEW.bag_state = 'verified')",
    ),
    Guard(
        "bag_expired",
        "custody_event",
        "INSERT",
        "(SELECT b.expires_at FROM bag b WHERE b.id = NEW.bag_id) > NEW.at",
        when=_TO_THE_BED,
    ),
    Guard(
        "not_released",
        "custody_event",
        "INSERT",
        _RELEASED.format(bag="bag_id"),
        when=f"(NEW.kind = 'release' AND NEW.bag_state = 'available') OR {_TO_THE_BED}",
    ),
    Guard(
        "label_not_applied",
        "custody_event",
        "INSERT",
        _LABELLED.format(bag="bag_id"),
        when=f"NEW.kind IN ('label', 'release') OR {_TO_THE_BED}",
    ),
    Guard("course_not_going_on", "custody_event", "INSERT", GOING_ON, when=_TO_THE_BED),
    Guard(
        "material_recalled",
        "custody_event",
        "INSERT",
        NOT_TAINTED,
        when=f"(NEW.kind = 'release' AND NEW.bag_state = 'available') OR {_TO_THE_BED}",
    ),
    Guard("dose_not_confirmed", "custody_event", "INSERT", _DOSED.format(bag="bag_id"), when=_TO_THE_BED),
    Guard(
        "evidence_out_of_date",
        "custody_event",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM decision_bag d JOIN release_decision r ON r.id = d.release_decision_id"
        " WHERE d.bag_id = NEW.bag_id AND d.is_effective AND r.evidence_valid_until <= NEW.at)",
        when="NEW.kind = 'issue'",
    ),
    Guard(
        "not_checked_by_two",
        "custody_event",
        "INSERT",
        "EXISTS (SELECT 1 FROM bedside_check k WHERE k.bag_id = NEW.bag_id AND k.second_user_id IS NOT NULL"
        " AND k.bag_scanned_at <= NEW.at AND NEW.at <= k.expires_at)",
        when=_AT_THE_BED,
    ),
    Guard(
        "infusion_not_begun",
        "custody_event",
        "INSERT",
        "EXISTS (SELECT 1 FROM infusion i WHERE i.bag_id = NEW.bag_id AND i.state = CASE NEW.bag_state"
        " WHEN 'infusing' THEN 'running' WHEN 'infused' THEN 'completed' ELSE 'stopped' END)",
        when="NEW.bag_state IN ('infusing', 'infused', 'partly_infused')",
    ),
)

CUSTODY_GUARDS: Final = (*_OF_THE_BAG, *_OF_THE_LINK)
