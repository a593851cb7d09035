"""The pages of samples, tests and plates: who sees what comes next, and forms that work without script."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app.assay import commands
from app.assay.queries import run_record
from app.domain.vocabulary import TestKind
from tests.line.assay import (
    Run,
    enter_good_result,
    interim,
    plate_request,
    requested,
    running,
    sampled,
    state_of,
    verify,
)
from tests.people import ADA, IRIS, NIA, OMAR, QUINN, SAM, TARA, THEO
from tests.world import World


def form(**fields: object) -> dict[str, str]:
    return {key: str(value) for key, value in fields.items()} | {"request_key": str(uuid4())}


def address(run: Run) -> str:
    return f"/samples/{run.sample}/tests/{run.number}"


def test_a_sample_is_taken_and_its_test_requested_started_and_entered_by_plain_forms(lab: World, culture: str):
    client = lab.client(TARA)
    taken = client.post(f"/batches/{culture}/samples", data=form(culture_code=culture, kind="final_product"))
    assert taken.status_code == 303, taken.text
    sample = taken.headers["location"].removeprefix("/samples/")
    asked = form(sample_code=sample, kind="gram_stain", method="site procedure 4")
    test = client.post(f"/samples/{sample}/tests", data=asked).headers["location"]
    assert "Start test" in client.get(test).text
    assert client.post(f"{test}/start", data=form(sample_code=sample, number=1, scanned=sample)).status_code == 303
    assert "Enter result" in client.get(test).text
    entered = client.post(f"{test}/finding", data=form(sample_code=sample, number=1, finding="no_organism"))
    assert entered.headers["location"] == test
    page = client.get(test).text
    assert "You entered it, so a colleague verifies it." in page
    assert "Verify result" in lab.client(THEO).get(test).text


def test_a_late_entry_typed_on_the_sites_clock_needs_a_reason_and_keeps_its_time(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.GRAM_STAIN)
    lab.clock.forward(hours=3)
    read_at = (lab.clock.time - timedelta(hours=1)).replace(second=0, microsecond=0)
    typed = f"{read_at.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M}"
    late = {"finding": "no_organism", "read_at": typed}
    refused = lab.client(TARA).post(f"{address(run)}/finding", data=form(**run.fields, **late))
    assert (refused.status_code, "more than 30 minutes" in refused.text) == (422, True)
    reasoned = form(**run.fields, **late, reason="the bench tablet was flat")
    assert lab.client(TARA).post(f"{address(run)}/finding", data=reasoned).status_code == 303
    (result,) = lab.read(run_record, run.sample, run.number).results
    assert result.measured_at == read_at


def test_the_same_form_sent_twice_is_carried_out_once(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.STERILITY)
    body = form(**run.fields, finding="no_growth")
    answers = [lab.client(TARA).post(f"{address(run)}/interim", data=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert lab.rows("SELECT count(*) FROM interim_finding") == [(1,)]


def test_the_sterility_page_offers_the_interim_reading_until_day_14(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.STERILITY)
    interim(lab, run)
    page = lab.client(TARA).get(address(run)).text
    assert "Day 0" in page
    assert "No growth counts from day 14 on" in page
    lab.clock.forward(days=14, minutes=1)
    assert "No growth counts from day 14 on" not in lab.client(TARA).get(address(run)).text


def test_each_page_says_what_is_missing_and_who_does_it(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.CYTOTOXICITY_51CR)
    assert "A technician or supervisor enters the result." in lab.client(QUINN, "QA desk").get(address(run)).text
    plate = lab.act(TARA, commands.enter_plate, plate_request(run)).plate_code
    page = f"/assays/{plate}"
    assert "A technician or supervisor verifies it." in lab.client(QUINN, "QA desk").get(page).text
    verify(lab, run)
    assert "A supervisor or QA approves it." in lab.client(THEO).get(page).text
    sheet = lab.client(SAM).get(page).text
    assert "I took part in none of its entries." in sheet
    assert "Approve result" in sheet


@pytest.mark.parametrize("path", ["/batches/{culture}/tests", "/samples/{sample}", "/samples/{sample}/tests/1"])
def test_who_may_see_patients_sees_the_tests_and_nobody_else(lab: World, culture: str, path: str):
    sample = sampled(lab, culture)
    enter_good_result(lab, running(lab, sample, TestKind.ENDOTOXIN))
    where = path.format(culture=culture, sample=sample)
    for who, station in ((TARA, "Bench 1"), (QUINN, "QA desk"), (NIA, "Bed 4"), (IRIS, None)):
        answer = lab.client(who, station).get(where)
        assert answer.status_code == 200
        assert "HALVORSEN, Ingrid" in answer.text
    for who in (ADA, OMAR):
        assert lab.client(who, None).get(where).status_code == 403
    assert lab.app_client().get(where).status_code == 303


def test_entry_and_import_stand_ready_with_the_usual_values(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.CYTOTOXICITY_51CR)
    entry = lab.client(TARA).get(f"{address(run)}/plate").text
    assert entry.count('name="cells"') == 96
    assert 'aria-label="Well H12"' in entry
    assert 'type="file"' in lab.client(TARA).get(f"{address(run)}/import").text
    assert lab.client(NIA, "Bed 4").get(f"{address(run)}/plate").status_code == 403


def test_a_form_about_another_test_than_its_page_is_refused(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.GRAM_STAIN)
    other = requested(lab, run.sample, TestKind.MYCOPLASMA)
    answer = lab.client(TARA).post(f"{address(other)}/finding", data=form(**run.fields, finding="no_organism"))
    assert answer.status_code == 422
    assert state_of(lab, run) == "running"


def test_unknown_codes_are_refused_by_name(lab: World):
    for path in ("/batches/BAD7M26000001X/tests", "/samples/SMD7M26000001X", "/assays/PLD7M26000001X"):
        answer = lab.client(TARA).get(path)
        assert answer.status_code == 404
        assert "is on file under" in answer.text
