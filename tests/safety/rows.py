"""Rows an intruder would write by hand: links of custody, checks, doses and starts, whatever the rules say."""

from __future__ import annotations

from datetime import timedelta

from tests.world import World

_LINK = (
    "INSERT INTO custody_event (course_id, patient_id, bag_id, product_lot_id, seq, kind, bag_state, at, recorded_at,"
    " actor_id, witness_id, from_holder_id, to_holder_id, from_place_id, to_place_id, code_source, request_key)"
    " SELECT c.course_id, c.patient_id, c.bag_id, c.product_lot_id, c.seq + 1, :kind, :state, :at, :at, c.actor_id,"
    " {witness}, c.to_holder_id, c.to_holder_id, c.to_place_id, c.to_place_id, c.code_source, 'forged'"
    " FROM custody_event c JOIN bag b ON b.id = c.bag_id WHERE b.code = :bag"
    " AND c.seq = (SELECT max(d.seq) FROM custody_event d WHERE d.bag_id = c.bag_id)"
)
_DOSE = (
    "INSERT INTO infusion (course_id, patient_id, bag_id, dose_order_id, state, contained_viable_cells,"
    " difference_percent, confirmed_by_id, confirmed_at, signature_id, row_version)"
    " SELECT o.course_id, o.patient_id, (SELECT id FROM bag WHERE code = :bag), o.id, 'confirmed', 1,"
    " (SELECT viability_percent FROM bag WHERE code = :bag), 6, :at, o.signature_id, 1 FROM dose_order o"
    " WHERE o.id = (SELECT max(id) FROM dose_order)"
)
_CHECK = (
    "INSERT INTO bedside_check (course_id, patient_id, wristband_id, bag_id, station_id, first_user_id,"
    " wristband_scanned_at, bag_scanned_at, expires_at, row_version)"
    " SELECT b.course_id, b.patient_id, (SELECT max(w.id) FROM wristband w WHERE w.patient_id = {patient}), b.id, 1, 8,"
    " :first, :at, :until, 1 FROM bag b WHERE b.code = :bag"
)
RUN = (
    "UPDATE infusion SET state = 'running', started_at = :at, started_by_id = 6,"
    " bedside_check_id = (SELECT max(k.id) FROM bedside_check k WHERE k.bag_id = infusion.bag_id),"
    " start_signature_id = (SELECT max(id) FROM signature WHERE user_id = 6)"
    " WHERE bag_id = (SELECT id FROM bag WHERE code = :bag)"
)
STATE = "UPDATE bag SET state = :state, row_version = row_version + 1 WHERE code = :bag"

Statement = tuple[str, dict[str, object]]


def at(world: World, seconds: float = 0) -> str:
    """An instant as both databases take it."""
    return (world.clock.time + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def link(world: World, bag: str, kind: str, state: str, *, witness: str = "c.actor_id + 1") -> Statement:
    """The next link of a bag, now."""
    return _LINK.format(witness=witness), {"bag": bag, "kind": kind, "state": state, "at": at(world)}


def dose(world: World, bag: str) -> Statement:
    """A bag confirmed as the newest dose."""
    return _DOSE, {"bag": bag, "at": at(world)}


def check(
    world: World, bag: str, *, patient: str = "b.patient_id", scanned: float = 0, apart: float = 5, holds: float = 120
) -> Statement:
    """A check at the bed, with the wristband of the bag's patient or of another."""
    times = {"first": at(world, scanned - apart), "at": at(world, scanned), "until": at(world, scanned + holds)}
    return _CHECK.format(patient=patient), {"bag": bag} | times


def run(world: World, bag: str, seconds: float = 1) -> Statement:
    """The start of a bag."""
    return RUN, {"bag": bag, "at": at(world, seconds)}


def state(bag: str, to: str) -> Statement:
    """The bag itself, moved without a link."""
    return STATE, {"bag": bag, "state": to}
