"""Signing in: password, badge and PIN, lock, unlock, sign-out. Who gets in, who does not, and what stays."""

from __future__ import annotations

from http.cookies import SimpleCookie
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from app.web.door import SESSION_COOKIE, STATION_COOKIE
from tests.people import ADA, OMAR, TARA, THEO, Person
from tests.world import World


def post(client: TestClient, path: str, **form: object) -> tuple[int, str]:
    """Send a form; answer status and where it leads."""
    answer = client.post(path, data={"request_key": str(uuid4())} | form)
    return answer.status_code, answer.headers.get("location", "")


def is_in(client: TestClient) -> bool:
    return client.get("/account").status_code == 200


def carrying(world: World, token: str, station: str | None) -> TestClient:
    """Another browser with somebody's copied cookie."""
    thief = world.app_client(station)
    thief.cookies.set(SESSION_COOKIE, token)
    return thief


def cookie_of(answer: object) -> SimpleCookie:
    jar = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):  # type: ignore[attr-defined]  the client's own type
        jar.load(line)
    return jar


def test_name_and_password_open_the_door_on_any_device(world: World) -> None:
    browser = world.app_client()
    assert post(browser, "/sign-in", user_name=TARA.name, password=TARA.password) == (303, "/")
    assert browser.get("/api/v1/me").json()["station_code"] is None


@pytest.mark.requirement("REQ-039")
def test_badge_and_pin_in_one_form_open_an_enrolled_station(sqlite_world: World) -> None:
    tablet = sqlite_world.app_client("Bench 1")
    assert post(tablet, "/switch", badge=sqlite_world.badge(TARA), pin=TARA.pin) == (303, "/")
    assert tablet.get("/api/v1/me").json()["station_code"].startswith("ST")


def test_a_badge_opens_nothing_on_a_device_that_is_no_station(sqlite_world: World) -> None:
    browser = sqlite_world.app_client()
    answer = browser.post(
        "/switch", data={"badge": sqlite_world.badge(TARA), "pin": TARA.pin, "request_key": str(uuid4())}
    )
    assert answer.status_code == 403
    assert "no enrolled station" in answer.text


def test_the_cookie_can_be_read_by_nobody_and_travels_to_nobody_else(sqlite_world: World) -> None:
    form = {"user_name": TARA.name, "password": TARA.password, "request_key": str(uuid4())}
    cookie = cookie_of(sqlite_world.app_client().post("/sign-in", data=form))[SESSION_COOKIE]
    assert cookie.key.startswith("__Host-")
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "strict")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert int(cookie["max-age"]) == 12 * 3600


def test_every_sign_in_has_its_own_token_and_only_its_hash_is_kept(sqlite_world: World) -> None:
    browser = sqlite_world.app_client()
    tokens = []
    for _ in range(2):
        post(browser, "/sign-in", user_name=TARA.name, password=TARA.password)
        tokens.append(browser.cookies[SESSION_COOKIE])
    kept = {row[0] for row in sqlite_world.rows("SELECT token_hash FROM web_session")}
    assert tokens[0] != tokens[1]
    assert not kept & set(tokens)
    assert all(len(token) >= 43 for token in tokens)


def test_signing_in_anew_ends_the_sign_in_before(sqlite_world: World) -> None:
    browser = sqlite_world.app_client()
    post(browser, "/sign-in", user_name=TARA.name, password=TARA.password)
    thief = carrying(sqlite_world, browser.cookies[SESSION_COOKIE], None)
    assert is_in(thief)
    post(browser, "/sign-in", user_name=TARA.name, password=TARA.password)
    assert is_in(browser)
    assert not is_in(thief)


@pytest.mark.requirement("REQ-114")
def test_a_switch_at_the_tablet_ends_the_first_persons_sign_in(world: World) -> None:
    tablet = world.client(TARA, "Bench 1")
    hers = tablet.cookies[SESSION_COOKIE]
    assert post(tablet, "/switch", badge=world.badge(THEO), pin=THEO.pin) == (303, "/")
    assert tablet.get("/api/v1/me").json()["user_id"] == world.user_id(THEO)
    assert not is_in(carrying(world, hers, "Bench 1"))


def test_a_sign_in_does_not_work_on_another_device(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA, "Bench 1")
    for station in ("Bench 2", None):
        elsewhere = carrying(sqlite_world, tablet.cookies[SESSION_COOKIE], station)
        assert elsewhere.get("/account").headers["location"] == "/sign-in"
        assert elsewhere.get("/api/v1/me").status_code == 401
    assert is_in(tablet)


@pytest.mark.parametrize(
    ("name", "password"),
    [("tara", "not her password"), ("nobody", "not her password"), ("omar ", "sluice kettle orbit 43")],
    ids=["wrong password", "unknown name", "name with a blank"],
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(sqlite_world: World, name: str, password: str) -> None:
    form = {"user_name": name, "password": password, "request_key": str(uuid4())}
    answer = sqlite_world.app_client().post("/sign-in", data=form)
    assert answer.status_code == 403
    assert "The user name or the password is not right." in answer.text
    assert password not in answer.text


def test_an_account_without_secrets_of_its_own_opens_with_nothing(sqlite_world: World) -> None:
    sqlite_world.sql("UPDATE credential SET pin_hash = NULL, password_hash = NULL")
    tablet = sqlite_world.app_client("Bench 1")
    assert post(tablet, "/switch", badge=sqlite_world.badge(TARA), pin=TARA.pin)[0] == 403
    assert post(tablet, "/sign-in", user_name=TARA.name, password=TARA.password)[0] == 403


def test_a_person_without_any_role_gets_in_and_sees_no_patient(sqlite_world: World) -> None:
    browser = sqlite_world.app_client()
    post(browser, "/sign-in", user_name=OMAR.name, password=OMAR.password)
    assert browser.get("/").headers["location"] == "/more"
    assert browser.get("/api/v1/today").status_code == 403


def test_the_administrator_begins_at_more_because_she_may_know_no_patient(sqlite_world: World) -> None:
    assert sqlite_world.client(ADA, None).get("/").headers["location"] == "/more"


@pytest.mark.requirement("REQ-114")
def test_the_lock_hides_everything_until_the_pin_is_given(world: World) -> None:
    tablet = world.client(TARA)
    assert post(tablet, "/lock") == (303, "/lock")
    assert tablet.get("/").headers["location"] == "/lock"
    assert tablet.get("/api/v1/me").status_code == 401
    page = tablet.get("/lock").text
    assert TARA.full_name in page
    assert 'class="rail"' not in page
    assert post(tablet, "/unlock", secret="000000")[0] == 403
    assert post(tablet, "/unlock", secret=TARA.pin) == (303, "/")
    assert is_in(tablet)


def test_unlocking_gives_a_new_token(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    before = tablet.cookies[SESSION_COOKIE]
    post(tablet, "/lock")
    post(tablet, "/unlock", secret=TARA.pin)
    assert tablet.cookies[SESSION_COOKIE] != before
    assert not is_in(carrying(sqlite_world, before, "Bench 1"))


def test_another_person_takes_a_locked_tablet_over_with_badge_and_pin(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    post(tablet, "/lock")
    assert post(tablet, "/unlock", secret=THEO.pin)[0] == 403
    assert post(tablet, "/unlock", badge=sqlite_world.badge(THEO), secret=THEO.pin) == (303, "/")
    assert tablet.get("/api/v1/me").json()["user_id"] == sqlite_world.user_id(THEO)


def test_who_unlocks_comes_back_to_the_page_they_left_and_nobody_else_does(sqlite_world: World) -> None:
    world, left = sqlite_world, "/batches/BAD7M26000045J/log?vessel=VSD7M26000046Q"
    tablet = world.client(TARA)
    post(tablet, "/lock")
    assert post(tablet, "/unlock", secret=TARA.pin, back=left) == (303, left)
    post(tablet, "/lock")
    assert post(tablet, "/unlock", badge=world.badge(THEO), secret=THEO.pin, back=left) == (303, "/")


@pytest.mark.parametrize("elsewhere", ["//evil.test/", "https://evil.test/", "/\\evil.test", "evil", ""])
def test_unlocking_leads_to_no_other_site(sqlite_world: World, elsewhere: str) -> None:
    tablet = sqlite_world.client(TARA)
    post(tablet, "/lock")
    assert post(tablet, "/unlock", secret=TARA.pin, back=elsewhere)[0] == 422


def test_away_from_a_station_the_password_unlocks_and_the_pin_does_not(sqlite_world: World) -> None:
    browser = sqlite_world.client(TARA, None)
    post(browser, "/lock")
    assert post(browser, "/unlock", secret=TARA.pin)[0] == 403
    assert post(browser, "/unlock", secret=TARA.password) == (303, "/")


@pytest.mark.requirement("REQ-114")
@pytest.mark.parametrize(
    ("station", "seconds", "where"),
    [("Bench 1", 119, None), ("Bench 1", 121, "/lock"), ("QA desk", 299, None), ("QA desk", 301, "/lock")],
)
def test_a_tablet_left_alone_locks_itself(sqlite_world: World, station: str, seconds: int, where: str | None) -> None:
    tablet = sqlite_world.client(TARA, station)
    sqlite_world.clock.forward(seconds=seconds)
    assert tablet.get("/account").headers.get("location") == where


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    for _ in range(5):
        sqlite_world.clock.forward(seconds=30)
        tablet.get("/today/board")
    assert tablet.get("/account").headers["location"] == "/lock"
    assert tablet.get("/today/board", headers={"HX-Request": "true"}).headers["hx-redirect"] == "/lock"


def test_whoever_works_is_not_locked_out(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    for _ in range(5):
        sqlite_world.clock.forward(seconds=100)
        assert is_in(tablet)


@pytest.mark.parametrize(("hours", "is_still_in"), [(11.9, True), (12.1, False)])
def test_after_twelve_hours_the_sign_in_is_over_however_busy(
    sqlite_world: World, hours: float, *, is_still_in: bool
) -> None:
    browser = sqlite_world.client(TARA, "QA desk")
    for _ in range(int(hours * 60 / 4)):
        sqlite_world.clock.forward(minutes=4)
        sqlite_world.sql("UPDATE web_session SET last_seen_at = :now", now=sqlite_world.clock.time.isoformat())
    sqlite_world.clock.forward(minutes=(hours * 60) % 4)
    assert is_in(browser) is is_still_in


def test_signing_out_ends_the_sign_in_and_clears_the_browser_but_not_the_station(world: World) -> None:
    tablet = world.client(TARA)
    token = tablet.cookies[SESSION_COOKIE]
    answer = tablet.post("/sign-out", data={"request_key": str(uuid4())})
    assert answer.headers["location"] == "/sign-in"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert SESSION_COOKIE not in tablet.cookies
    assert STATION_COOKIE in tablet.cookies
    assert not is_in(carrying(world, token, "Bench 1"))


def test_the_api_signs_in_with_the_same_rules_and_puts_no_token_into_a_body(sqlite_world: World) -> None:
    tablet = sqlite_world.app_client("Bench 1")
    wrong = tablet.post(
        "/api/v1/switch",
        json={"badge": sqlite_world.badge(TARA), "pin": "000000"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert (wrong.status_code, wrong.json()["type"]) == (403, "urn:veinline:wrong_secret")
    right = tablet.post(
        "/api/v1/switch",
        json={"badge": sqlite_world.badge(TARA), "pin": TARA.pin},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert (right.status_code, right.text) == (204, "")
    assert is_in(tablet)


def test_a_wristband_held_to_the_badge_field_is_refused_by_kind_and_kept_as_near_miss(world: World) -> None:
    tablet = world.app_client("Bench 1")
    answer = tablet.post("/switch", data={"badge": "PWD7M26000001Q", "pin": "1", "request_key": str(uuid4())})
    assert answer.status_code in {409, 422}
    assert "NM-26-0001" in answer.text
    assert world.rows("SELECT number, step FROM near_miss") == [("NM-26-0001", "sign in")]


def who_is_in(world: World, person: Person) -> int:
    """How many open sign-ins a person has."""
    count = "SELECT count(*) FROM web_session WHERE user_id = :user AND ended_at IS NULL"
    return int(str(world.rows(count, user=world.user_id(person))[0][0]))


def test_one_sees_and_ends_ones_own_sign_ins_and_nobody_elses(world: World) -> None:
    here, away = world.client(TARA), world.client(TARA, None)
    world.client(THEO, "Bench 2")
    sessions = {
        row[1]: row[0]
        for row in world.rows("SELECT id, station_id FROM web_session WHERE ended_at IS NULL ORDER BY id")
    }
    page = here.get("/account").text
    assert "Bench 1" in page
    assert "A device that is no station" in page
    assert post(here, "/account/sign-ins", session_id=sessions[None]) == (303, "/account")
    assert not is_in(away)
    theos = world.rows("SELECT id FROM web_session WHERE ended_at IS NULL AND user_id = :u", u=world.user_id(THEO))
    assert post(here, "/account/sign-ins", session_id=theos[0][0])[0] == 403
    assert who_is_in(world, THEO) == 1
