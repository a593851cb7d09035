"""Hostile twins in raw SQL, on both databases: what no page and no API permits has no row to stand in either.

Each statement must fail and name the rule that stopped it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from tests.custody.ward import STAGE, dosed, recalled
from tests.hostile import refused_by_the_database
from tests.line.custody import issued, received
from tests.line.deviations import placed_hold
from tests.line.infusion import Ward, checked, finished, on_the_ward
from tests.line.patients import JAMES
from tests.people import TARA
from tests.safety.rows import Statement, check, dose, link, run, state
from tests.world import World

TO_THE_BED = (("issue", "issued"), ("receive", "received"), ("check", "verified"), ("infuse", "infusing"))
NEXT = {"available": TO_THE_BED[0], "issued": TO_THE_BED[1], "received": TO_THE_BED[2], "verified": TO_THE_BED[3]}
CHECKED_BY_SQL = "UPDATE bedside_check SET second_user_id = 9, second_confirmed_at = bag_scanned_at"


def refused(world: World, statement: Statement, because: str) -> None:
    refused_by_the_database(world, statement[0], because, **statement[1])


def written(world: World, statement: Statement) -> None:
    world.sql(statement[0], **statement[1])


def stood(world: World, ward: Ward, where: str, *, just_before: timedelta | None = None) -> str:
    """A bag that stands there, ready for its next link in every respect: at the bed its check and start are written.

    With `just_before` the last of it happens so long before the bag expires.
    """
    if where != "available":
        issued(world, ward.bag)
        world.clock.forward(minutes=5)
    if where in {"received", "verified"}:
        received(world, ward.bag)
    if just_before is not None:
        ((expires_at,),) = world.rows("SELECT expires_at FROM bag WHERE code = :code", code=ward.bag)
        until = datetime.fromisoformat(str(expires_at)) - just_before
        world.clock.forward(seconds=(until - world.clock.time).total_seconds())
    if where == "received":
        written(world, check(world, ward.bag))
        world.sql(CHECKED_BY_SQL)
    if where == "verified":
        checked(world, ward)
        written(world, run(world, ward.bag, 0))
    world.clock.forward(seconds=1)
    return ward.bag


@pytest.fixture
def ready(at_stage: Callable[[str, Callable[[World], object]], tuple[World, object]]) -> tuple[World, Ward]:
    world, ward = at_stage(STAGE, dosed)
    assert isinstance(ward, Ward)
    return world, ward


@pytest.mark.parametrize("where", NEXT)
def test_the_honest_link_is_not_refused(ready: tuple[World, Ward], where: str) -> None:
    """The same rows with nothing wrong: what the other tests prove is the rule, not the SQL."""
    world, ward = ready
    written(world, link(world, stood(world, ward, where), *NEXT[where]))


def test_the_honest_dose_check_and_start_are_not_refused(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    written(world, dose(world, ward.bags[1]))
    bag = stood(world, ward, "received")
    written(world, link(world, bag, "check", "verified"))
    written(world, state(bag, "verified"))
    checked_now = "UPDATE infusion SET state = 'checked', bedside_check_id = (SELECT max(id) FROM bedside_check)"
    world.sql(checked_now + " WHERE bag_id = (SELECT id FROM bag WHERE code = :bag)", bag=bag)
    written(world, run(world, bag, 0))


@pytest.mark.requirement("REQ-101")
def test_a_bag_of_another_patient_by_sql(world: World) -> None:
    ingrid, james = on_the_ward(world), on_the_ward(world, JAMES)
    with_a_reason(world, check(world, james.bag, patient="(SELECT min(patient_id) FROM bag)"))
    with_a_reason(world, dose(world, ingrid.bag))
    checked(world, ingrid)
    theirs = "(SELECT max(id) FROM bag)"
    for change in (
        f"UPDATE infusion SET bag_id = {theirs} WHERE bag_id <> {theirs}",
        f"UPDATE bedside_check SET bag_id = {theirs}",
        f"UPDATE bag SET patient_id = 2, course_id = 2 WHERE id <> {theirs}",
        f"UPDATE infusion SET bedside_check_id = (SELECT max(id) FROM bedside_check) WHERE bag_id = {theirs}",
        f"UPDATE decision_bag SET bag_id = {theirs} WHERE bag_id <> {theirs}",
        f"UPDATE label SET bag_id = {theirs} WHERE bag_id <> {theirs}",
    ):
        with_a_reason(world, (change, {}))
    sql, values = link(world, ingrid.bag, "store", "verified")
    with_a_reason(world, (sql.replace("SELECT c.course_id, c.patient_id", "SELECT 2, 2"), values))


def with_a_reason(world: World, statement: Statement) -> None:
    """Refused by a rule of ours or by the keys that bind course and patient, never by a mistake in the SQL."""
    with pytest.raises(DBAPIError) as refusal:
        written(world, statement)
    said = str(refusal.value.orig)
    assert any(word in said for word in ("veinline:", "FOREIGN KEY", "violates foreign key")), said


@pytest.mark.requirement("REQ-052")
@pytest.mark.parametrize("where", NEXT)
def test_an_expired_bag_by_sql(ready: tuple[World, Ward], where: str) -> None:
    world, ward = ready
    bag = stood(world, ward, where, just_before=timedelta(seconds=40))
    world.clock.forward(seconds=40)
    refused(world, link(world, bag, *NEXT[where]), "bag_expired")
    refused(world, state(bag, NEXT[where][1]), "unlinked_bag")


def test_an_expired_bag_is_no_dose_by_sql(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    world.clock.forward(hours=9)
    refused(world, dose(world, ward.bags[1]), "bag_expired")


def hold(world: World, bag: str) -> None:
    placed_hold(world, bag)


def withdraw(world: World, _bag: str) -> None:
    world.sql("UPDATE decision_bag SET is_effective = :no, row_version = row_version + 1", no=False)


def expire(world: World, _bag: str) -> None:
    world.clock.forward(hours=9)


def cancel(world: World, _bag: str) -> None:
    world.sql("UPDATE infusion SET state = 'cancelled', row_version = row_version + 1")


SPOILED = {"expired": expire, "on hold": hold, "unreleased": withdraw, "unconfirmed": cancel}


@pytest.mark.parametrize("rule", SPOILED)
def test_no_check_is_made_by_sql_of_a_bag_that_may_not_be_given(ready: tuple[World, Ward], rule: str) -> None:
    world, ward = ready
    issued(world, ward.bag)
    received(world, ward.bag)
    SPOILED[rule](world, ward.bag)
    refused(world, check(world, ward.bag), "bag_not_at_the_bed")


@pytest.mark.parametrize("rule", ["expired", "on hold", "unreleased"])
def test_no_start_is_made_by_sql_of_a_bag_that_may_not_be_given(ready: tuple[World, Ward], rule: str) -> None:
    world, ward = ready
    issued(world, ward.bag)
    received(world, ward.bag)
    checked(world, ward)
    SPOILED[rule](world, ward.bag)
    refused(world, run(world, ward.bag), "infusion_not_permitted")


@pytest.mark.requirement("REQ-052")
@pytest.mark.parametrize("where", NEXT)
def test_a_quarantined_bag_by_sql(ready: tuple[World, Ward], where: str) -> None:
    """On hold, wherever it is; and called back it takes no link towards the patient at all."""
    world, ward = ready
    bag = stood(world, ward, where)
    placed_hold(world, bag)
    refused(world, link(world, bag, *NEXT[where]), "not_released")
    refused(world, state(bag, NEXT[where][1]), "not_released")
    recalled(world, bag)
    refused(world, link(world, bag, *NEXT[where]), "veinline:")


@pytest.mark.parametrize("where", NEXT)
def test_an_unreleased_bag_by_sql(ready: tuple[World, Ward], where: str) -> None:
    world, ward = ready
    bag = stood(world, ward, where)
    withdraw(world, bag)
    refused(world, link(world, bag, *NEXT[where]), "not_released")
    refused(world, state(bag, NEXT[where][1]), "not_released")
    refused(world, dose(world, ward.bags[1]), "bag_not_released")


def test_a_decision_that_was_replaced_lets_no_bag_go_by_sql(ready: tuple[World, Ward]) -> None:
    world, _ = ready
    world.sql("UPDATE decision_bag SET is_effective = :no", no=False)
    world.sql("UPDATE release_decision SET state = 'superseded', row_version = row_version + 1")
    refused_by_the_database(
        world, "UPDATE decision_bag SET is_effective = :yes", "decision_bag_not_effective", yes=True
    )


def test_an_infused_bag_by_sql(world: World) -> None:
    ward = on_the_ward(world)
    finished(world, ward)
    for kind, goal in (*TO_THE_BED, ("return", "returned"), ("dispose", "destroyed")):
        refused(world, link(world, ward.bag, kind, goal), "veinline:")
        refused(world, state(ward.bag, goal), "veinline:")
    refused(world, check(world, ward.bag), "bag_not_at_the_bed")
    refused(world, dose(world, ward.bag), "bag_not_released")
    refused(world, run(world, ward.bag), "veinline:")


@pytest.mark.parametrize("where", ["available", "issued", "received"])
def test_an_unconfirmed_bag_by_sql(ready: tuple[World, Ward], where: str) -> None:
    world, ward = ready
    bag = stood(world, ward, where)
    cancel(world, bag)
    refused(world, link(world, bag, *NEXT[where]), "dose_not_confirmed")
    refused(world, state(bag, NEXT[where][1]), "dose_not_confirmed")


def test_a_checked_bag_keeps_its_dose_by_sql(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    issued(world, ward.bag)
    received(world, ward.bag)
    checked(world, ward)
    refused_by_the_database(world, "UPDATE infusion SET state = 'cancelled'", "transition")


@pytest.mark.requirement("REQ-076")
@pytest.mark.parametrize("where", ["available", "issued", "received"])
def test_a_second_person_who_is_the_first_by_sql(ready: tuple[World, Ward], where: str) -> None:
    world, ward = ready
    bag = stood(world, ward, where)
    refused(world, link(world, bag, *NEXT[where], witness="c.actor_id"), "witnessed_by_another")
    refused(world, link(world, bag, *NEXT[where], witness="NULL"), "step_needs_two")


def test_a_check_of_one_person_by_sql(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    issued(world, ward.bag)
    received(world, ward.bag)
    written(world, check(world, ward.bag))
    alone = "UPDATE bedside_check SET second_user_id = first_user_id, second_confirmed_at = bag_scanned_at"
    refused_by_the_database(world, alone, "second_is_another")
    refused(world, link(world, ward.bag, "check", "verified"), "not_checked_by_two")
    refused(world, run(world, ward.bag), "veinline:")


@pytest.mark.parametrize(
    "times", [{"apart": 121}, {"apart": -1}, {"holds": 121}, {"holds": 100_000}], ids=lambda times: str(times)
)
def test_a_check_that_took_or_holds_too_long_by_sql(ready: tuple[World, Ward], times: dict[str, float]) -> None:
    world, ward = ready
    issued(world, ward.bag)
    received(world, ward.bag)
    refused(world, check(world, ward.bag, **times), "bedside_too_slow")
    written(world, check(world, ward.bag, apart=120, holds=120))


def test_a_check_that_is_over_by_sql(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    bag = stood(world, ward, "received")
    world.clock.forward(seconds=121)
    refused(world, link(world, bag, "check", "verified"), "not_checked_by_two")


def test_a_bag_does_not_run_while_its_infusion_does_not(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    issued(world, ward.bag)
    received(world, ward.bag)
    checked(world, ward)
    refused(world, link(world, ward.bag, "infuse", "infusing"), "infusion_not_begun")


@pytest.mark.requirement("REQ-141")
def test_a_releaser_who_took_part_by_sql(ready: tuple[World, Ward]) -> None:
    """Tara filled the bags: she is the signer of no decision about them, neither of a new one nor of the old one."""
    world, _ = ready
    taken_over = "UPDATE release_decision SET signed_by_id = :tara"
    refused_by_the_database(world, taken_over, "veinline:", tara=world.user_id(TARA))
    refused_by_the_database(
        world,
        "INSERT INTO release_decision (course_id, patient_id, product_lot_id, number, kind, state, specification_id,"
        " outcome, evaluation, evaluation_sha256, signed_by_id, signature_id, row_version)"
        " SELECT course_id, patient_id, product_lot_id, 2, kind, 'signed', specification_id, outcome, evaluation,"
        " evaluation_sha256, :tara, signature_id, 1 FROM release_decision",
        "releaser_took_part",
        tara=world.user_id(TARA),
    )


def test_a_decision_is_taken_back_whatever_its_signer_did_since(ready: tuple[World, Ward]) -> None:
    world, _ = ready
    world.sql("UPDATE decision_bag SET is_effective = :no", no=False)
    world.sql("UPDATE release_decision SET state = 'revoked'")
