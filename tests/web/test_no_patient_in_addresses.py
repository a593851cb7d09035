"""No name, birth date or hospital number ever stands in an address, a title or a log."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from app.identity import commands
from app.simulator.line.patients import INGRID, enrol
from tests.people import CHLOE, NIA, QUINN, TARA, Person
from tests.web.routes import addresses
from tests.world import World

PERSONAL = ("halvorsen", "ingrid", "44170926", "4417 0926", "1951-03-14", "14 mar 1951")
ADDRESS = re.compile(r'(?:href|action|src|hx-get|hx-post)="([^"]*)"')


@pytest.mark.parametrize("who", [TARA, QUINN, CHLOE, NIA], ids=lambda who: who.name)
def test_no_page_leads_to_an_address_with_a_patient_in_it(sqlite_world: World, who: Person) -> None:
    patient = enrol(sqlite_world)
    browser = sqlite_world.client(who, "QA desk")
    pages = ["/", "/patients", "/more", f"/patients/{patient.patient_code}", "/bedside", "/release", "/batches"]
    shown = 0
    for path in pages:
        text = browser.get(path).text
        shown += "HALVORSEN" in text
        titles = re.findall(r"<title>(.*?)</title>", text)
        for address in ADDRESS.findall(text) + titles:
            assert not any(word in address.lower() for word in PERSONAL), f"{path}: {address}"
    assert shown, "no page showed the patient at all"


def test_a_search_for_a_patient_travels_in_the_body(sqlite_world: World) -> None:
    enrol(sqlite_world)
    browser = sqlite_world.client(TARA)
    forms = re.findall(r"<form[^>]*>", browser.get("/patients").text)
    assert all('method="post"' in form for form in forms)


def test_what_may_stand_behind_a_question_mark(sqlite_world: World) -> None:
    questions = {name for each in addresses(sqlite_world.app) if each.method == "GET" for name in each.questions}
    assert not questions & {"name", "search", "query", "q", "family_name", "hospital_number", "born", "scanned"}


def test_a_failure_is_logged_without_what_was_typed(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        message = "Halvorsen, Ingrid 44170926"
        raise RuntimeError(message)

    monkeypatch.setattr(commands, "lock", breaks)
    browser = sqlite_world.client(TARA)
    with capture_logs() as logs:
        answer = browser.post("/lock", data={"request_key": str(uuid4()), "name": INGRID.family_name})
    assert answer.status_code == 500
    assert "reference" in answer.text
    assert "content-security-policy" in answer.headers
    assert logs
    for words in (str(logs), answer.text):
        assert not any(word in words.lower() for word in PERSONAL), words
