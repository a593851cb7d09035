"""The pages about the house itself: More, near misses, the ledger."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.db.transaction import transaction
from app.domain.actor import Job
from app.domain.errors import NearMiss, NotAllowed
from app.identity.reception import remember
from tests.people import ADA, CHLOE, IRIS, QUINN, SAM, TARA, Person
from tests.world import World


def caught(world: World, times: int, kind: str = "wrong_kind") -> list[str]:
    """Refusals remembered as the door does; the numbers they got."""
    numbers = []
    for _ in range(times):
        refusal = NotAllowed("x", "x", near_miss=NearMiss(kind, "seed", scanned="BGD7M26000001X"))
        with transaction(world.database, Job("reception"), world.clock) as tx:
            remember(tx, refusal)
        numbers.append(str(refusal.near_miss_number))
    return numbers


@pytest.mark.parametrize(
    ("who", "seen", "unseen"),
    [
        (TARA, ["/account", "/materials", "/equipment"], ["/users", "/ledger", "/near-misses", "/stations"]),
        (SAM, ["/ledger", "/near-misses", "/materials"], ["/users", "/stations"]),
        (QUINN, ["/users", "/stations", "/ledger", "/near-misses"], []),
        (ADA, ["/users", "/stations", "/ledger", "/checklist"], ["/materials", "/near-misses"]),
        (CHLOE, ["/account"], ["/users", "/ledger", "/near-misses", "/stations"]),
        (IRIS, ["/users", "/ledger", "/near-misses", "/materials"], []),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_more_offers_each_person_what_they_may_look_at(
    sqlite_world: World, who: Person, seen: list[str], unseen: list[str]
) -> None:
    browser = sqlite_world.client(who, None)
    page = browser.get("/more").text
    for path in seen:
        assert f'href="{path}"' in page
        assert browser.get(path).status_code == 200
    for path in unseen:
        assert f'href="{path}"' not in page
        assert browser.get(path).status_code == 403


def test_near_misses_are_numbered_within_the_year_of_the_site(world: World) -> None:
    assert caught(world, 3) == ["NM-26-0001", "NM-26-0002", "NM-26-0003"]
    world.clock.forward(days=38)  # 31 Dec 2026, 09:05 in Berlin
    assert caught(world, 1) == ["NM-26-0004"]
    world.clock.forward(hours=15)
    assert caught(world, 1) == ["NM-27-0001"], "a quarter past midnight in Berlin, still the old year in UTC"


def test_near_misses_are_listed_newest_first_fifty_at_a_time(sqlite_world: World) -> None:
    caught(sqlite_world, 51)
    browser = sqlite_world.client(SAM, None)
    page = browser.get("/near-misses").text
    assert page.index("NM-26-0051") < page.index("NM-26-0002")
    assert "NM-26-0001" not in page
    assert "BG-D7M-26-000001-X" in page
    older = page.split("/near-misses?before=")[1].split('"')[0]
    assert "NM-26-0001" in browser.get(f"/near-misses?before={older}").text
    assert "Show older" not in browser.get(f"/near-misses?before={older}").text


def test_a_scan_longer_than_any_code_is_cut_before_it_is_kept(world: World) -> None:
    refusal = NotAllowed("x", "x", near_miss=NearMiss("wrong_kind", "seed", scanned="X" * 200))
    with transaction(world.database, Job("reception"), world.clock) as tx:
        remember(tx, refusal)
    assert world.rows("SELECT scanned FROM near_miss") == [("X" * 20,)]


@pytest.mark.requirement("REQ-001")
@pytest.mark.parametrize("who", [SAM, QUINN, ADA, IRIS], ids=lambda who: who.name)
def test_the_ledger_is_verified_at_one_press_and_says_what_it_walked(sqlite_world: World, who: Person) -> None:
    browser = sqlite_world.client(who, None)
    assert "Verify the ledger" in browser.get("/ledger").text
    page = browser.post("/ledger/verify", data={"request_key": str(uuid4())}).text
    assert "Nothing was altered" in page
    assert "events in" in page


@pytest.mark.requirement("REQ-001")
def test_an_edit_behind_the_applications_back_is_named_on_the_page(world: World) -> None:
    world.sql("UPDATE user_account SET full_name = 'Somebody Else', row_version = row_version WHERE user_name = 'tara'")
    browser = world.client(SAM, None)
    page = browser.post("/ledger/verify", data={"request_key": str(uuid4())}).text
    assert "The record does not hold" in page
    assert "user_account" in page
    answer = browser.post("/api/v1/ledger/verify", headers={"Idempotency-Key": str(uuid4())}).json()
    assert "user_account" in answer["finding"]


def test_a_technician_cannot_verify_the_ledger(sqlite_world: World) -> None:
    browser = sqlite_world.client(TARA, None)
    assert browser.post("/ledger/verify", data={"request_key": str(uuid4())}).status_code == 403
