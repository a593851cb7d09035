"""The server about itself: alive, ready, saved or not, what a browser blocked."""

from __future__ import annotations

from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from app.web import service
from tests.people import TARA, THEO
from tests.world import World


def test_alive_and_ready_say_so_without_sign_in(world: World) -> None:
    browser = world.app_client()
    assert browser.get("/health").json() == {"status": "alive"}
    assert browser.get("/ready").json() == {"database": True, "disk": True}


def test_another_schema_than_this_versions_is_not_ready(world: World) -> None:
    browser = world.app_client()
    assert browser.get("/ready").status_code == 200
    world.sql("UPDATE alembic_version SET version_num = '0000'")
    answer = browser.get("/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert browser.get("/health").status_code == 200


def test_a_full_disk_is_not_ready(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LEAST_FREE_BYTES", 10**18)
    answer = sqlite_world.app_client().get("/ready")
    assert (answer.status_code, answer.json()["disk"]) == (503, False)


@pytest.mark.requirement("REQ-115")
def test_a_lost_answer_can_be_asked_for_by_its_key(world: World) -> None:
    tablet, key = world.client(TARA), str(uuid4())
    assert tablet.get(f"/commands/{key}").status_code == 404
    assert tablet.post("/api/v1/accountability", json={}, headers={"Idempotency-Key": key}).status_code == 200
    answer = tablet.get(f"/commands/{key}")
    assert (answer.status_code, answer.json()["command"]) == (200, "accept_accountability")


def test_nobody_learns_whether_another_persons_request_was_saved(sqlite_world: World) -> None:
    key = str(uuid4())
    sqlite_world.client(TARA).post("/api/v1/accountability", json={}, headers={"Idempotency-Key": key})
    assert sqlite_world.client(THEO, "Bench 2").get(f"/commands/{key}").status_code == 404


def test_the_same_key_twice_is_done_once_and_with_another_body_refused(world: World) -> None:
    tablet, headers = world.client(TARA), {"Idempotency-Key": str(uuid4())}
    first = tablet.post("/api/v1/accountability", json={}, headers=headers)
    again = tablet.post("/api/v1/accountability", json={}, headers=headers)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = tablet.post("/api/v1/end-sign-in", json={"session_id": 1}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:veinline:request_key_reused")
    stolen = world.client(THEO, "Bench 2").post("/api/v1/accountability", json={}, headers=headers)
    assert stolen.json()["type"] == "urn:veinline:request_key_of_another"


def test_a_blocked_content_report_is_logged_short_and_answered_by_nothing(sqlite_world: World) -> None:
    browser = sqlite_world.app_client()
    with capture_logs() as logs:
        answer = browser.post("/csp-report", content=b"{" + b"x" * 100_000)
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(logs[0]["report"]) == service.LONGEST_REPORT_BYTES
