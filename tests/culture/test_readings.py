"""Counting vessels: usual and odd values, jumps, the second person, corrections, vessels that leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.culture import commands
from app.culture.schemas import CorrectReading, DiscardVessel, FeedCulture, OfVessel, VerifyReadings
from app.domain.vocabulary import MaterialRole
from tests.culture.doors import by_api, by_page
from tests.line.culture import Batch, Shelf, of, reading_request, seeded_culture, shelf, vessel_codes
from tests.line.materials import released_lot
from tests.line.patients import JAMES, allergic
from tests.people import NIA, QUENTIN, TARA, THEO
from tests.world import World


def growing(world: World) -> tuple[Batch, list[str]]:
    """A culture on day 3 with its vessels."""
    batch = seeded_culture(world, shelf(world))
    world.clock.forward(hours=72)
    return batch, vessel_codes(world, batch.culture)


def test_a_count_waits_for_another_person(world: World) -> None:
    batch, vessels = growing(world)
    taken = [world.act(TARA, commands.record_reading, reading_request(batch.culture, code)) for code in vessels[:3]]
    world.act(THEO, commands.record_reading, reading_request(batch.culture, vessels[3]))
    asked = VerifyReadings(culture_code=batch.culture, last_reading_id=taken[1].reading_id)
    assert world.act(THEO, commands.verify_readings, asked).readings == 2
    assert world.refused(THEO, commands.verify_readings, asked).code == "nothing_to_verify"
    everything = VerifyReadings(culture_code=batch.culture, last_reading_id=10_000)
    assert world.act(TARA, commands.verify_readings, everything).readings == 1
    assert world.rows("SELECT count(*) FROM vessel_reading WHERE verified_by_id IS NULL") == [(1,)]
    assert world.refused(TARA, commands.verify_readings, everything).code == "nothing_to_verify"
    assert by_api(world, NIA, f"/batches/{batch.culture}/readings/verify", everything) == (403, "not_permitted")


VALUES = [
    ({"viable_cells_1e6_per_ml": "0.44"}, "reason_required"),
    ({"viability_percent": "79"}, "reason_required"),
    ({"volume_ml": "1051"}, "reason_required"),
    ({"viable_cells_1e6_per_ml": "101"}, "outside_limits"),
    ({"viability_percent": "100.1"}, "outside_limits"),
    ({"volume_ml": "-1"}, "outside_limits"),
    ({"viable_cells_1e6_per_ml": "0.15", "reason": "error"}, "reason_required"),
    ({"viable_cells_1e6_per_ml": "1.5800001"}, "too_fine"),
]


def test_an_odd_count_asks_why_and_an_impossible_one_is_refused(sqlite_world: World) -> None:
    world = sqlite_world
    batch, vessels = growing(world)
    said = [
        world.refused(TARA, commands.record_reading, reading_request(batch.culture, vessels[0], **changed)).code
        for changed, _ in VALUES
    ]
    assert said == [code for _, code in VALUES]
    reason = "sample clumped, counted twice"
    odd = reading_request(batch.culture, vessels[2], viable_cells_1e6_per_ml="0.44", reason=reason)
    world.act(TARA, commands.record_reading, odd)
    assert world.rows("SELECT reason FROM vessel_reading") == [(reason,)]
    assert world.rows("SELECT count(*) FROM deviation") == [(0,)]
    dying = reading_request(batch.culture, vessels[3], viability_percent="60", reason="many dead cells, seen by two")
    world.act(TARA, commands.record_reading, dying)
    assert world.rows("SELECT about, grade FROM deviation") == [(vessels[3], "major")]


def test_a_tenfold_change_asks_why_from_the_seeding_on(sqlite_world: World) -> None:
    world = sqlite_world
    batch, vessels = growing(world)
    reason = "counted twice, the diluted sample as well"
    first = reading_request(batch.culture, vessels[0], viable_cells_1e6_per_ml="15")
    assert world.refused(TARA, commands.record_reading, first).code == "reason_required"
    world.act(TARA, commands.record_reading, first.model_copy(update={"reason": reason}))
    world.clock.forward(hours=1)
    back = reading_request(batch.culture, vessels[0], viable_cells_1e6_per_ml="1.5")
    refusal = world.refused(TARA, commands.record_reading, back)
    assert "changed tenfold" in refusal.sentence
    world.act(TARA, commands.record_reading, back.model_copy(update={"reason": reason}))


@pytest.mark.requirement("REQ-101")
def test_a_vessel_of_another_patient_is_not_counted_here(world: World) -> None:
    at = shelf(world)
    batch, james = seeded_culture(world, at), seeded_culture(world, at, JAMES)
    foreign = vessel_codes(world, james.culture)[0]
    asked = reading_request(batch.culture, foreign)
    refusal = world.refused(TARA, commands.record_reading, asked)
    assert refusal.code == "wrong_vessel"
    assert refusal.near_miss is not None
    assert by_api(world, TARA, f"/batches/{batch.culture}/readings", asked) == (409, "wrong_vessel")
    assert by_page(world, TARA, f"/batches/{batch.culture}/readings", asked) == (409, "")
    chosen = OfVessel(culture_code=batch.culture, vessel=foreign)
    assert by_page(world, TARA, f"/batches/{batch.culture}/log", chosen) == (409, "")
    own = OfVessel(culture_code=james.culture, vessel=foreign)
    where = f"/batches/{james.culture}/log"
    assert by_page(world, TARA, where, own) == (303, f"{where}?vessel={foreign}")
    assert by_api(world, TARA, f"/batches/{batch.culture}/vessels/choose", own) == (422, "address_mismatch")
    assert world.rows("SELECT count(*) FROM vessel_reading") == [(0,)]


def test_a_correction_is_a_new_reading_of_the_same_time(sqlite_world: World) -> None:
    world = sqlite_world
    batch, vessels = growing(world)
    first = world.act(TARA, commands.record_reading, reading_request(batch.culture, vessels[0])).reading_id
    world.clock.forward(hours=2)
    given = reading_request(batch.culture, vessels[0], viable_cells_1e6_per_ml="1.85").model_dump()
    silent = CorrectReading.model_validate(given | {"reason": "error"})
    assert world.refused(TARA, commands.correct_reading, silent).code == "reason_required"
    asked = CorrectReading.model_validate(given | {"reason": "digits were swapped in writing"})
    second = world.act(TARA, commands.correct_reading, asked).reading_id
    rows = world.rows("SELECT id, corrects_id, viable_cells_per_ml, taken_at FROM vessel_reading ORDER BY id")
    assert [row[:3] for row in rows] == [(first, None, 1_580_000), (second, first, 1_850_000)]
    assert rows[0][3] == rows[1][3]
    empty = CorrectReading.model_validate(given | {"vessel": vessels[1], "reason": "digits were swapped in writing"})
    assert world.refused(TARA, commands.correct_reading, empty).code == "nothing_to_correct"


def test_a_count_lies_between_the_seeding_and_now(sqlite_world: World) -> None:
    world = sqlite_world
    batch, vessels = growing(world)
    reason = "written down on paper first"
    for away, code in ((timedelta(hours=-80), "before_seeding"), (timedelta(minutes=5), "time_in_future")):
        asked = reading_request(batch.culture, vessels[0], taken_at=world.clock.time + away, reason=reason)
        assert world.refused(TARA, commands.record_reading, asked).code == code
    late = reading_request(batch.culture, vessels[0], taken_at=world.clock.time - timedelta(minutes=31))
    assert world.refused(TARA, commands.record_reading, late).code == "reason_required"


def test_a_discarded_vessel_leaves_the_group(sqlite_world: World) -> None:
    world = sqlite_world
    batch, vessels = growing(world)
    leaks = DiscardVessel(culture_code=batch.culture, vessel=vessels[6], reason="the bottle leaks at its cap")
    assert world.act(TARA, commands.discard_vessel, leaks).state == "discarded"
    assert world.refused(TARA, commands.discard_vessel, leaks).code == "vessel_gone"
    asked = reading_request(batch.culture, vessels[6])
    assert world.refused(TARA, commands.record_reading, asked).code == "vessel_gone"
    assert world.rows("SELECT count(*) FROM deviation") == [(0,)]
    cloudy = leaks.model_copy(update={"vessel": vessels[7], "is_contaminated": True, "reason": "cloudy on day three"})
    assert world.act(TARA, commands.discard_vessel, cloudy).state == "contaminated"
    assert world.rows("SELECT about, grade FROM deviation") == [(vessels[7], "major")]
    assert by_api(world, QUENTIN, f"/batches/{batch.culture}/vessels/discard", cloudy) == (403, "not_permitted")


def feed_request(world: World, batch: Batch, at: Shelf, **changed: object) -> FeedCulture:
    given: dict[str, object] = {"volume_each_ml": "100", "medium_lot": at.medium, "hood": at.hood}
    return FeedCulture.model_validate(of(world, batch.culture) | given | changed)


def test_a_feed_adds_to_every_vessel(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = seeded_culture(world, at)
    world.clock.forward(hours=48)
    il2 = {"il2_lot": at.il2, "il2_per_ml": "8000", "il2_unit": "IU"}
    for changed, code in (
        ({"medium_lot": None}, "nothing_to_feed"),
        (il2 | {"il2_unit": None}, "il2_incomplete"),
        (il2 | {"il2_per_ml": "13000"}, "reason_required"),
        ({"volume_each_ml": "-1"}, "negative_value"),
        ({"medium_lot": at.serum}, "wrong_material"),
    ):
        assert world.refused(TARA, commands.feed_culture, feed_request(world, batch, at, **changed)).code == code
    world.act(TARA, commands.feed_culture, feed_request(world, batch, at, **il2))
    assert world.rows("SELECT volume_each_ul, il2_unit FROM vessel_group") == [(1_100_000, "IU")]
    assert world.rows("SELECT volume_ul FROM culture_step WHERE kind = 'feed'") == [(3_200_000,)]
    full = reading_request(batch.culture, vessel_codes(world, batch.culture)[0], volume_ml="1110")
    world.act(TARA, commands.record_reading, full)
    allergic(world, batch.patient.patient_code, "gentamicin")
    assert world.refused(TARA, commands.feed_culture, feed_request(world, batch, at)).code == "allergy"
    plain = released_lot(world, "RPMI without antibiotics", MaterialRole.MEDIUM)
    world.act(TARA, commands.feed_culture, feed_request(world, batch, at, medium_lot=plain))
