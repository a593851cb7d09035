"""What every request passes and every answer carries: origin, size, policy, headers."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.people import TARA
from tests.web.routes import addresses
from tests.world import ORIGIN, World

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx veinline",
    "report-uri": "/csp-report",
}


def nonce_of(answer: Response) -> str:
    found = re.search(r"script-src 'nonce-([\w-]{20,})';", answer.headers["content-security-policy"])
    assert found is not None, answer.headers["content-security-policy"]
    return found.group(1)


def test_every_answer_carries_the_policy_and_the_headers(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    answers = [address.send(tablet) for address in addresses(sqlite_world.app) if address.method == "GET"]
    answers += [tablet.get(path) for path in ("/static/icon.svg", "/static/nothing", "/nowhere", "/api/v1/nowhere")]
    answers += [sqlite_world.app_client().get("/"), tablet.put("/"), tablet.post("/lock", data={})]
    for answer in answers:
        where = f"{answer.request.method} {answer.request.url} {answer.status_code}"
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy.pop("script-src").startswith("'nonce-"), where
        assert policy == POLICY, where
        assert answer.headers["x-content-type-options"] == "nosniff", where
        assert answer.headers["referrer-policy"] == "no-referrer", where
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", where
        assert answer.headers["cross-origin-resource-policy"] == "same-origin", where
        assert answer.headers["permissions-policy"] == "camera=(self)", where
        assert answer.headers["strict-transport-security"] == "max-age=31536000", where
        assert "access-control-allow-origin" not in answer.headers, where
        assert "server" not in answer.headers, where
        if not answer.request.url.path.startswith("/static/"):
            assert answer.headers["cache-control"] == "no-store", where


def test_every_answer_has_its_own_nonce_and_every_script_carries_it(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    seen = set()
    for path in ("/", "/", "/today/board", "/more", "/nowhere", "/sign-in"):
        answer = tablet.get(path, headers={"HX-Request": "true"} if "board" in path else {})
        nonce = nonce_of(answer)
        assert nonce not in seen
        seen.add(nonce)
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        assert all(f'hx-nonce="{nonce}"' in tag for tag in re.findall(r"<[^>]*\bhx-(?:get|post)=[^>]*>", answer.text))


def test_no_page_of_ours_holds_inline_script_or_style(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    for address in addresses(sqlite_world.app):
        if address.method == "GET" and not address.is_api:
            text = address.send(tablet).text
            assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|hx-on|data:", text), str(address)
            assert not re.search(r"<script(?![^>]*\bsrc=)", text), str(address)


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("same-origin", None, 303),
        ("same-origin", ORIGIN, 303),
        ("same-site", ORIGIN, 403),
        ("cross-site", ORIGIN, 403),
        ("none", ORIGIN, 403),
        ("cross-site", "https://evil.example", 403),
        (None, ORIGIN, 303),
        (None, "https://evil.example", 403),
        (None, "http://veinline.test", 403),
        (None, f"{ORIGIN}.evil.example", 403),
        (None, f"{ORIGIN}:8443", 403),
        (None, "null", 403),
        (None, None, 403),
    ],
)
def test_only_our_own_pages_may_send_forms(
    sqlite_world: World, site: str | None, origin: str | None, status: int
) -> None:
    given = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in given.items() if value is not None}
    browser = TestClient(sqlite_world.app, base_url=ORIGIN, headers=headers, follow_redirects=False)
    answer = browser.post("/lock", data={"request_key": str(uuid4())})
    assert answer.status_code == status
    assert browser.get("/sign-in").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_method_that_could_change_something_is_asked_where_it_comes_from(
    sqlite_world: World, method: str
) -> None:
    browser = TestClient(sqlite_world.app, base_url=ORIGIN, follow_redirects=False)
    assert browser.request(method, "/api/v1/lock").status_code == 403


@pytest.mark.parametrize(("length", "status"), [(10 * 1024 * 1024 + 1, 413), (1000, 303)])
def test_a_body_larger_than_the_limit_is_refused_before_it_is_read(
    sqlite_world: World, length: int, status: int
) -> None:
    form = f"request_key={uuid4()}&pad="
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = sqlite_world.app_client().post("/lock", content=form.ljust(length, "x"), headers=headers)
    assert answer.status_code == status


def test_a_body_that_hides_its_length_is_cut_off_too(sqlite_world: World) -> None:
    def endless() -> object:
        yield b"request_key=" + str(uuid4()).encode() + b"&pad="
        for _ in range(12):
            yield b"x" * 1024 * 1024

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = sqlite_world.app_client().post("/lock", content=endless(), headers=headers)  # type: ignore[arg-type]  any iterator
    assert answer.status_code >= 400
    assert not sqlite_world.rows("SELECT id FROM web_session")


def test_the_request_key_is_asked_for_and_must_be_a_key(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    for form in ({}, {"request_key": ""}, {"request_key": "1"}, {"request_key": "'; DROP TABLE bag; --"}):
        assert tablet.post("/account/accountability", data=form).status_code == 422
    assert tablet.post("/api/v1/accountability", json={}, headers={"Idempotency-Key": "x"}).status_code == 422


def test_an_unknown_field_is_refused_and_what_was_typed_is_not_repeated(sqlite_world: World) -> None:
    tablet = sqlite_world.client(TARA)
    form = {"request_key": str(uuid4()), "is_admin": "<b>true</b>"}
    answer = tablet.post("/account/accountability", data=form)
    assert answer.status_code == 422
    assert "<b>true" not in answer.text
    assert "&lt;b&gt;" not in answer.text


def test_static_files_are_cached_for_ever_by_their_hash_and_only_by_it(sqlite_world: World) -> None:
    browser = sqlite_world.app_client()
    page = browser.get("/sign-in").text
    path = re.search(r'href="(/static/app\.css\?v=[0-9a-f]{12})"', page)
    assert path is not None
    assert "immutable" in browser.get(path.group(1)).headers["cache-control"]
    assert "immutable" not in browser.get("/static/app.css").headers.get("cache-control", "")


def test_nothing_outside_the_static_folder_is_served(sqlite_world: World) -> None:
    browser = sqlite_world.app_client()
    for path in (
        "/static/../app/main.py",
        "/static/%2e%2e/app/main.py",
        "/static/..%2fpyproject.toml",
        "/docs",
        "/redoc",
    ):
        assert browser.get(path).status_code == 404
