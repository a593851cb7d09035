"""The first minute of a site: no default account, one code, one administrator, then a checklist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli import cli
from app.main import create_app
from tests.people import ADA, QUENTIN, TARA
from tests.world import ORIGIN, World, settings_for

FIRST = {"user_name": "ada", "full_name": "Ada Whitlock", "password": "copper kettle field 7", "pin": "730518"}
SITE = ["--code", "D7M", "--name", "Test laboratory", "--zone", "Europe/Berlin", "--phone", "ext. 5 5512"]


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[tuple[TestClient, str]]:
    """A site just founded by `veinline init`, a browser before it, and the code it printed."""
    said = CliRunner().invoke(cli, ["init", *SITE, "--data-dir", str(tmp_path)])
    assert said.exit_code == 0, said.output
    code = re.search(r"\b[2-9A-Z]{4}(-[2-9A-Z]{4}){3}\b", said.output)
    assert code is not None, said.output
    app = create_app(settings_for(tmp_path))
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    yield TestClient(app, base_url=ORIGIN, headers=headers, follow_redirects=False), code.group()
    app.state.house.database.dispose()


def post(browser: TestClient, path: str, form: dict[str, str]) -> tuple[int, str]:
    answer = browser.post(path, data=form | {"request_key": str(uuid4())})
    return answer.status_code, answer.headers.get("location", "")


@pytest.mark.requirement("REQ-138")
def test_the_code_of_init_makes_the_first_administrator_and_nobody_else(new_site: tuple[TestClient, str]) -> None:
    browser, code = new_site
    assert "Make the first administrator" in browser.get("/first-run").text
    assert post(browser, "/first-run", FIRST | {"one_time_code": "ABCD-EFGH-JKLM-NPQR"})[0] == 403
    assert post(browser, "/first-run", FIRST | {"one_time_code": code}) == (303, "/checklist")
    assert "4 of 6 still to do" in browser.get("/checklist").text
    assert browser.get("/api/v1/me").json()["roles"] == ["administrator"]
    assert post(browser, "/first-run", FIRST | {"one_time_code": code, "user_name": "eve"})[0] == 403
    assert browser.get("/first-run").headers["location"] == "/checklist"


@pytest.mark.requirement("REQ-138")
def test_a_new_site_has_no_account_and_no_default_password(new_site: tuple[TestClient, str]) -> None:
    browser, _ = new_site
    for name, password in (("admin", "admin"), ("veinline", "veinline"), ("administrator", "changeme")):
        assert post(browser, "/sign-in", {"user_name": name, "password": password})[0] == 403


def test_a_refused_first_administrator_leaves_the_code_unused(new_site: tuple[TestClient, str]) -> None:
    browser, code = new_site
    assert post(browser, "/first-run", FIRST | {"one_time_code": code, "pin": "111111"})[0] == 422
    assert post(browser, "/first-run", FIRST | {"one_time_code": code})[0] == 303


def test_init_does_nothing_where_an_installation_exists(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(cli, ["init", *SITE, "--data-dir", str(tmp_path)]).exit_code == 0
    keys = (tmp_path / "keys" / "wrapping.key").read_bytes()
    assert runner.invoke(cli, ["init", *SITE, "--data-dir", str(tmp_path)]).exit_code == 1
    assert (tmp_path / "keys" / "wrapping.key").read_bytes() == keys


def test_the_checklist_is_for_administrator_and_qa(sqlite_world: World) -> None:
    assert sqlite_world.client(ADA, None).get("/checklist").status_code == 200
    assert sqlite_world.client(QUENTIN, None).get("/checklist").status_code == 200
    assert sqlite_world.client(TARA, None).get("/checklist").status_code == 403
