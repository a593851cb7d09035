"""The board as each role sees it, in the middle of a laboratory's day; bounded, whatever the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from app.domain.identifiers import display
from app.simulator.line.infusion import brought
from tests.people import IRIS, NIA, QUINN, SAM, TARA, Person
from tests.stages import Stage, copied
from tests.today.house import Day, busy
from tests.world import World

AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]
Founded = Callable[[str, str, Callable[[World], object]], Stage[object]]
EVERYBODY = (TARA, SAM, QUINN, NIA, IRIS)
GROWING = (
    "bag", "collection", "course", "culture", "custody_event", "decision_bag", "deviation", "dose_order", "infusion",
    "ledger_event", "material_lot", "near_miss", "patient", "plate", "product_lot", "release_decision", "sample",
    "signature", "test_run", "treatment_order", "vessel", "vessel_group", "vessel_reading", "web_session",
)  # fmt: skip


@pytest.fixture
def either_day(at_stage: AtStage) -> tuple[World, Day]:
    """A busy laboratory, on SQLite and on PostgreSQL."""
    world, reached = at_stage("busy", busy)
    assert isinstance(reached, Day)
    return world, reached


@pytest.fixture
def day(founded: Founded, tmp_path: Path) -> Iterator[tuple[World, Day]]:
    """A busy laboratory, on SQLite."""
    stage = founded("sqlite", "busy", busy)
    assert isinstance(stage.reached, Day)
    with copied(stage, tmp_path, None) as world:
        yield world, stage.reached


def board(world: World, who: Person) -> dict[str, object]:
    answer = world.client(who, "QA desk").get("/api/v1/today")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def due(world: World, who: Person) -> dict[str, str]:
    """Code of what is due -> what."""
    return {row["code"]: row["what"] for row in board(world, who)["rows"]}  # type: ignore[attr-defined, index]  JSON


def test_the_technician_sees_the_collection_the_count_and_the_bag_to_issue(day: tuple[World, Day]) -> None:
    world, at = day
    seen = due(world, TARA)
    assert seen[display(at.planned)] == "Leukapheresis"
    assert seen[display(at.arriving)] == "Leukapheresis arriving"
    assert seen[display(at.growing.culture)].startswith("Harvest, culture day")
    assert seen[display(at.marta.bags[0])] == "Issue bag"


def test_the_nurse_sees_the_infusion_and_nothing_of_the_laboratory(day: tuple[World, Day]) -> None:
    world, at = day
    seen = due(world, NIA)
    assert seen[display(at.marta.bags[0])] == "Infusion"
    assert display(at.growing.culture) not in seen


def test_qa_sees_the_release_queue_first(day: tuple[World, Day]) -> None:
    world, _ = day
    page = world.client(QUINN, "QA desk").get("/").text
    assert page.index("Awaiting release") < page.index("Due now and next")
    page = world.client(TARA, "QA desk").get("/").text
    assert page.index("Due now and next") < page.index("Awaiting release")


def test_an_inspector_sees_everybodys_work(day: tuple[World, Day]) -> None:
    world, at = day
    assert {display(at.planned), display(at.growing.culture), display(at.marta.bags[0])} <= set(due(world, IRIS))


def test_a_bag_out_of_the_laboratory_for_too_long_is_late(day: tuple[World, Day]) -> None:
    world, at = day
    world.clock.forward(minutes=1)
    brought(world, at.marta.bags[0])
    row = row_of(world, NIA, at.marta.bags[0], "Bag on the ward")
    assert "late" not in row["relative"]
    world.clock.forward(minutes=62)
    row = row_of(world, NIA, at.marta.bags[0], "Bag on the ward")
    assert row["relative"].endswith("late")
    assert row["is_late"]


def row_of(world: World, who: Person, code: str, what: str) -> dict[str, str]:
    rows = board(world, who)["rows"]
    (row,) = [row for row in rows if row["code"] == display(code) and row["what"].startswith(what)]  # type: ignore[attr-defined, index]  JSON
    return dict(row)


def test_the_lanes_say_in_words_what_they_draw(day: tuple[World, Day]) -> None:
    world, _ = day
    lanes = {lane["name"]: lane["words"] for lane in board(world, TARA)["lanes"]}  # type: ignore[attr-defined, index]  JSON
    assert list(lanes) == ["HALVORSEN, Ingrid", "HALVORSEN, Marta", "OKONKWO, James"]
    assert "LAK infusion planned on day" in lanes["HALVORSEN, Marta"]
    assert "leukapheresis done on day 1" in lanes["HALVORSEN, Ingrid"]


def test_the_first_row_carries_the_one_filled_button_and_every_button_says_what_it_opens(
    day: tuple[World, Day],
) -> None:
    world, _ = day
    page = world.client(TARA, "QA desk").get("/").text
    assert len(re.findall(r'class="btn go', page)) == 1
    labels = re.findall(r'<a class="btn[^>]*aria-label="([^"]+)"', page)
    assert len(labels) == len(set(labels)) == min(5, len(due(world, TARA)))


def test_five_rows_and_the_rest_behind_a_link(day: tuple[World, Day]) -> None:
    world, _ = day
    tablet = world.client(SAM, "QA desk")
    whole = len(due(world, SAM))
    assert tablet.get("/").text.count('<article class="task') == min(5, whole)
    assert tablet.get("/?whole=true").text.count('<article class="task') == whole


@pytest.mark.requirement("REQ-118")
def test_today_costs_the_same_statements_whatever_the_rows_and_walks_through_no_growing_table(
    either_day: tuple[World, Day],
) -> None:
    world, _ = either_day
    few = {who.name: len(statements_of(world, who)) for who in EVERYBODY}
    many_bags(world, 100_000)
    for who in EVERYBODY:
        statements = statements_of(world, who)
        assert len(statements) == few[who.name] <= 20, who.name
        for statement, parameters in statements:
            for line in plan(world, statement, parameters):
                assert not walks(line), f"{line}\n{statement}"


def statements_of(world: World, who: Person) -> list[tuple[str, object]]:
    """Everything one look at Today sends, the note that somebody is here among it."""
    browser = world.client(who, "QA desk")
    world.clock.forward(seconds=20)
    with watched(world) as statements:
        assert browser.get("/").status_code == 200
    return statements


@contextmanager
def watched(world: World) -> Iterator[list[tuple[str, object]]]:
    """Every statement the application sends in the meantime."""
    seen: list[tuple[str, object]] = []

    def note(_db: Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "PRAGMA")):
            seen.append((statement, parameters))

    database = world.app.state.house.database
    engines = {database.reader, database.writer}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def plan(world: World, statement: str, parameters: object) -> list[str]:
    """How the database would find the rows, index wherever one can serve."""
    if not statement.lstrip().upper().startswith("SELECT"):
        return []
    with world.database.writer.begin() as db:
        if world.is_sqlite:
            return [str(row[3]) for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]  # type: ignore[arg-type]  as captured
        db.execute(text("SET LOCAL enable_seqscan = off"))
        return [str(row[0]) for row in db.exec_driver_sql(f"EXPLAIN {statement}", parameters)]  # type: ignore[arg-type]  as captured


def walks(line: str) -> bool:
    found = re.search(r"\bSCAN (\w+)|Seq Scan on (\w+)", line)
    return found is not None and (found.group(1) or found.group(2)) in GROWING


def many_bags(world: World, number: int) -> None:
    """As many bags more, behind the back of every guard: only their number matters here."""
    if world.is_sqlite:
        for (name,) in world.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'bag'"):
            world.sql(f"DROP TRIGGER {name}")
    else:
        world.sql("ALTER TABLE bag DISABLE TRIGGER USER")
    world.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :number)"
        " INSERT INTO bag (row_version, course_id, patient_id, code, product_lot_id, division, volume_ul, viable_cells,"
        " viability_percent, filled_at, expires_at, state, holder_id, place_id)"
        " SELECT 1, b.course_id, b.patient_id, 'BGX' || (10000000000 + i), b.product_lot_id, 1000 + i, 1000, 0,"
        " b.viability_percent, b.filled_at, b.expires_at, 'filled', b.holder_id, b.place_id"
        " FROM n, (SELECT * FROM bag ORDER BY id LIMIT 1) b",
        number=number,
    )
