"""The pages of cultures and lots: what they show, to whom, by how many statements; the forms work without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.culture import commands
from app.culture.queries.batches import PAGE_OF
from app.culture.schemas import CompleteLot, FillBags, HarvestCulture, SeedCulture, StartCulture
from tests.culture.doors import by_page
from tests.line.assay import register
from tests.line.culture import (
    Batch,
    complete,
    count,
    fill_request,
    filled_bags,
    harvest_request,
    of,
    opened_culture,
    reading_request,
    seed_request,
    seeded_culture,
    shelf,
    start_request,
    started_culture,
    vessel_codes,
)
from tests.line.labels import apply_bag_labels
from tests.line.patients import JAMES, MARTA, allergic
from tests.people import ADA, CHLOE, IRIS, QUENTIN, SAM, TARA, THEO, Person
from tests.world import World


def page(world: World, who: Person, path: str, status: int = 200) -> str:
    """The text of a page."""
    answer = world.client(who).get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def words_of(html: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """The statements the server runs meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engine = world.app.state.house.database.reader
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_every_form_takes_its_step_without_script(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = opened_culture(world, at)
    where, second = f"/batches/{batch.culture}", world.second(THEO)
    assert by_page(world, TARA, f"{where}/start", start_request(world, batch), **second) == (303, where)
    assert by_page(world, TARA, f"{where}/seed", seed_request(world, batch, at), **second) == (303, where)
    world.clock.forward(hours=72)
    one = reading_request(batch.culture, vessel_codes(world, batch.culture)[0])
    assert by_page(world, TARA, f"{where}/readings", one) == (303, f"{where}/log?after=1")
    count(world, batch)
    register(world, batch.culture)
    assert by_page(world, TARA, f"{where}/harvest", harvest_request(world, batch, at), **second) == (303, where)
    ((lot,),) = world.rows("SELECT code FROM product_lot")
    assert by_page(world, TARA, f"{where}/fill", fill_request(world, batch, at), **second) == (303, f"/lots/{lot}")
    apply_bag_labels(world, str(lot))
    done = CompleteLot.model_validate(of(world, batch.culture))
    assert by_page(world, TARA, f"{where}/complete", done, **second) == (303, f"/lots/{lot}")


def test_each_form_carries_the_fields_of_its_request(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = opened_culture(world, at)
    where = f"/batches/{batch.culture}/steps"

    def fields(step: str) -> set[str]:
        return set(re.findall(r'name="([a-z0-9_]+)"', page(world, TARA, f"{where}/{step}"))) - {"request_key"}

    assert fields("start") >= set(StartCulture.model_fields)
    world.act(TARA, commands.start_culture, start_request(world, batch))
    assert fields("seed") >= set(SeedCulture.model_fields)
    html = page(world, TARA, f"{where}/seed")
    assert not re.search(r"<input[^>]* checked", html), "no unit of IL-2 is chosen in advance"
    assert "6,000 to 9,000 IU/mL" in html
    world.act(TARA, commands.seed_culture, seed_request(world, batch, at))
    register(world, batch.culture)
    assert fields("harvest") >= set(HarvestCulture.model_fields)
    world.clock.forward(hours=80)
    world.act(TARA, commands.harvest_culture, harvest_request(world, batch, at))
    assert fields("fill") >= set(FillBags.model_fields)


def test_a_step_that_is_not_open_says_why(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    where = f"/batches/{batch.culture}/steps"
    assert "The culture is in process; this is not its next step." in words_of(page(world, TARA, f"{where}/harvest"))
    assert "Two technicians do this." in words_of(page(world, QUENTIN, f"{where}/seed"))
    assert "has no step called dance" in page(world, TARA, f"{where}/dance", 404)
    allergic(world, batch.patient.patient_code, "penicillin")
    assert "The patient is allergic to penicillin." in words_of(page(world, TARA, f"{where}/seed"))


def test_line_clearance_is_shown_before_the_first_scan(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    standing, planned = started_culture(world, at), opened_culture(world, at, JAMES)
    text = words_of(page(world, TARA, f"/batches/{planned.culture}/steps/start"))
    assert re.search(r"Biosafety cabinet 1 BA-D7M-26-\d{6}-. stands open", text)
    assert "Biosafety cabinet 2 clear" in text
    assert standing.culture != planned.culture


def test_the_log_leads_from_vessel_to_vessel(sqlite_world: World) -> None:
    world = sqlite_world
    batch = seeded_culture(world, shelf(world))
    world.clock.forward(hours=66)
    where = f"/batches/{batch.culture}/log"
    codes = vessel_codes(world, batch.culture)
    first = words_of(page(world, TARA, where))
    assert "Vessel 01 of 32" in first
    assert "Next, vessel 02" in first
    assert "32 vessels 0 counted Later" in first
    assert "seeded 1.5" in first
    count(world, batch)
    text = words_of(page(world, TARA, where))
    assert "Vessel 04 of 32" in text
    assert "3 counted" in text
    assert "usual 0.5 to 5" in text
    assert "usual at least 80" in text
    assert "usual 900 to 1,050" in text
    assert text.count("to do") == 8, "twelve of 32 are shown: three counted, one now"
    assert "Vessel 13 of 32" in words_of(page(world, TARA, f"{where}?vessel={codes[12]}"))
    fix = page(world, TARA, f"{where}?vessel={codes[0]}")
    assert "Correct vessel 01" in fix
    assert f'action="/batches/{batch.culture}/readings/correct"' in fix
    assert 'value="1.58"' in fix
    assert "does not grow in this culture" in page(world, TARA, f"{where}?vessel=VSD7M260000000", 404)


def test_the_total_stands_in_figures_and_words_as_one_types(sqlite_world: World) -> None:
    world = sqlite_world
    batch = seeded_culture(world, shelf(world))
    vessel = vessel_codes(world, batch.culture)[0]
    where = f"/batches/{batch.culture}/log/total?vessel={vessel}"
    text = words_of(page(world, TARA, f"{where}&viable_cells_1e6_per_ml=1.58&volume_ml=1 010"))
    assert "1.60 × 10 9 viable cells" in text
    assert "1.6 billion cells, 1.06 times the seeding" in text
    for typed in ("", "&viable_cells_1e6_per_ml=1.58", "&viable_cells_1e6_per_ml=abc&volume_ml=1", "&volume_ml=-1"):
        assert "as soon as both are entered" in page(world, TARA, where + typed)


def test_a_seeding_is_worked_out_as_one_types(sqlite_world: World) -> None:
    world = sqlite_world
    batch = started_culture(world, shelf(world))
    seed = page(world, TARA, f"/batches/{batch.culture}/steps/seed")
    (sent,) = re.findall(r'hx-include="([^"]+)"', seed)
    assert "pin" not in sent.lower(), "no secret is in an address"

    def said(**typed: str) -> str:
        query = "&".join(f"{name}={value}" for name, value in typed.items())
        return words_of(page(world, TARA, f"/seeding/amounts?{query}"))

    seeding = {"viable_cells_1e9": "47.52", "viable_cells_per_vessel_1e9": "1.5", "vessel_volume_ml": "1000"}
    text = said(**seeding, il2_per_ml="1500", il2_unit="Cetus")
    for word in ("32 vessels", "47.52 / 1.5 = 31.68", "1.50 × 10 6 /mL", "1,500 Cetus units/mL (9,000 IU/mL)"):
        assert word in text
    assert "9,000 IU/mL (1,500 Cetus units/mL)" in said(il2_per_ml="9000", il2_unit="IU")
    assert "33 vessels" in said(**seeding | {"viable_cells_1e9": "48.0001"})
    for unfinished in (
        {"il2_per_ml": "1500"},
        {"viable_cells_1e9": "4x"},
        {"il2_per_ml": "1", "il2_unit": "Roche"},
        {},
    ):
        assert "as soon as the numbers are entered" in said(**unfinished)


def test_counts_are_verified_by_who_did_not_enter_them(sqlite_world: World) -> None:
    world = sqlite_world
    batch = seeded_culture(world, shelf(world))
    world.clock.forward(hours=66)
    for code in vessel_codes(world, batch.culture)[:2]:
        world.act(TARA, commands.record_reading, reading_request(batch.culture, code))
    where = f"/batches/{batch.culture}/log"
    own, other = page(world, TARA, where), page(world, THEO, where)
    assert "2 counts of yours wait" in words_of(own)
    assert "Verify counts" not in own
    assert "Verify counts" in other
    assert "Verify counts" not in page(world, IRIS, where)


def test_the_batch_shows_its_balance_and_record(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch, filled = filled_bags(world, at, register)
    text = words_of(page(world, TARA, f"/batches/{batch.culture}"))
    for said in ("Seeded 4.75 × 10 10", "88.0%", "Harvested 4.40 × 10 10", "92.6%", "In bags 4.16 × 10 10", "94.5%"):
        assert said in text
    assert "1,500 Cetus units/mL (9,000 IU/mL)" in text
    assert "T. Adeyemi with T. Brandt" in text
    assert "Label bags" in text
    lot = words_of(page(world, TARA, f"/lots/{filled.lot_code}"))
    assert "Complete lot after 2 bags have their labels" in lot
    assert lot.count("Label bag") >= 2
    apply_bag_labels(world, filled.lot_code)
    assert "Complete lot" in page(world, TARA, f"/batches/{batch.culture}/steps/complete")
    complete(world, batch)
    done = page(world, SAM, f"/lots/{filled.lot_code}")
    assert "Label bag" not in done
    assert "Open release desk" in page(world, QUENTIN, f"/lots/{filled.lot_code}")


SEEN = [(TARA, 200), (SAM, 200), (QUENTIN, 200), (CHLOE, 200), (IRIS, 200), (ADA, 403)]


@pytest.mark.parametrize(("who", "status"), SEEN)
def test_patients_are_seen_by_who_may(sqlite_world: World, who: Person, status: int) -> None:
    station = None if who is ADA else "Bench 1"
    assert sqlite_world.client(who, station).get("/batches").status_code == status


def many(world: World, batch: Batch, number: int) -> None:
    """The culture so many times more."""
    columns = "course_id, patient_id, treatment_order_id, recipe_id, specification_id, state, opened_at, row_version"
    for n in range(number):
        world.sql(
            f"INSERT INTO culture (code, number, {columns}) SELECT :code, :n, {columns} FROM culture WHERE id = 1",
            code=f"BAD7M2691{n:04}X",
            n=100 + n,
        )


def test_the_list_goes_on_by_key_and_costs_the_same(sqlite_world: World) -> None:
    world = sqlite_world
    batch = opened_culture(world, shelf(world), MARTA)
    world.client(TARA)
    with statements(world) as few:
        page(world, TARA, "/batches")
    many(world, batch, PAGE_OF + 5)
    with statements(world) as more:
        first = page(world, TARA, "/batches")
    assert len(few) == len(more)
    (after,) = re.findall(r'href="/batches\?after=(\w+)"', first)
    second = page(world, TARA, f"/batches?after={after}")
    assert len(re.findall(r'href="/batches/BA', first)) == PAGE_OF
    assert len(re.findall(r'href="/batches/BA', second)) == 6
    assert "after=" not in second


def test_a_group_of_134_is_read_by_as_few_statements(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    small, large = seeded_culture(world, at), started_culture(world, at, JAMES)
    each = {"viable_cells_1e9": "53.6", "viable_cells_per_vessel_1e9": "0.4", "vessel_volume_ml": "400"}
    world.act(TARA, commands.seed_culture, seed_request(world, large, at, **each))
    numbers = []
    for batch in (small, large):
        page(world, TARA, f"/batches/{batch.culture}/log")
        with statements(world) as seen:
            text = page(world, TARA, f"/batches/{batch.culture}/log")
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12
    assert "Vessel 001 of 134" in words_of(text)
