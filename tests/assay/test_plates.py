"""51Cr plates by command, API and page: the published numbers, bad input, flagged wells, controls that fail."""

from __future__ import annotations

import re
from base64 import b64encode
from uuid import uuid4

import pytest

from app.assay import commands
from app.assay.queries.plate_numbers import plate_numbers
from app.assay.queries.runs import run_record
from app.domain.vocabulary import SampleKind, TargetCells, TestKind, WellJudgement
from tests.line.assay import (
    INSTRUMENTS,
    PLATE_FILE,
    TUBE_FILE,
    Run,
    import_request,
    judge,
    plate_cells,
    plate_request,
    running,
    sampled,
    state_of,
)
from tests.line.culture import Batch, seeded_culture, shelf
from tests.line.patients import JAMES
from tests.people import TARA, THEO
from tests.world import World

PUBLISHED = {"lu20": "636.1", "lu30": "389.2"}


def cytotoxicity(world: World, culture: str) -> Run:
    return running(world, sampled(world, culture), TestKind.CYTOTOXICITY_51CR)


def stored(world: World, run: Run) -> dict[str, str]:
    results = world.read(run_record, run.sample, run.number).results
    return {one.analyte: f"{one.value:.1f}" for one in results if one.value is not None}


def with_cell(position: str, count: int) -> tuple[str, ...]:
    """The published plate with another count in one well."""
    cells = list(plate_cells())
    cells["ABCDEFGH".index(position[0]) * 12 + int(position[1:]) - 1] = str(count)
    return tuple(cells)


def nothing_was_written(world: World, run: Run) -> bool:
    tables = ("plate", "plate_well", "plate_result", "raw_file", "test_result")
    is_empty = all(world.rows(f"SELECT count(*) FROM {table}") == [(0,)] for table in tables)
    return is_empty and state_of(world, run) == "running"


@pytest.mark.requirement("REQ-111")
def test_the_published_plate_gives_its_lytic_units_by_command(world: World, batch: Batch):
    run = cytotoxicity(world, batch.culture)
    done = world.act(TARA, commands.enter_plate, plate_request(run))
    assert (done.state, done.wells_to_explain) == ("entered", 0)
    found = stored(world, run)
    assert {name: found[f"{name}_k562"] for name in PUBLISHED} == PUBLISHED
    assert (found["lysis_k562_20"], found["s_over_m_k562"]) == ("66.1", "9.3")
    ((engine, text),) = world.rows("SELECT engine_version, result FROM plate_result")
    assert engine == "1"
    assert '"targets_per_well":5000' in str(text)


@pytest.mark.requirement("REQ-111")
def test_the_published_plate_gives_its_lytic_units_through_the_api(world: World, batch: Batch):
    run = cytotoxicity(world, batch.culture)
    client, key = world.client(TARA), {"Idempotency-Key": str(uuid4())}
    body = import_request(run).model_dump(mode="json")
    answers = [client.post(f"/api/v1/samples/{run.sample}/tests/1/import", json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].json() == answers[1].json()
    plate = client.get(f"/api/v1/assays/{answers[0].json()['plate_code']}").json()
    assert plate["state"] == "entered", "what an instrument sends is preliminary"
    units = {one["definition"]: f"{float(one['value']):.1f}" for one in plate["targets"][0]["lytic_units"]}
    assert units == {"LU30 per 10,000,000": "389.2", "LU20 per 10,000,000": "636.1"}


@pytest.mark.requirement("REQ-111")
def test_the_published_plate_gives_its_lytic_units_through_the_page(world: World, batch: Batch):
    run = cytotoxicity(world, batch.culture)
    client, address = world.client(TARA), f"/samples/{run.sample}/tests/1"
    set_up = {
        **run.fields, "layout": "one_target", "targets": ["K562", "", ""], "targets_per_well": "5000",
        "duration_h": "4",
        "ratios": ["40", "20", "10", "5", "", ""], "read_at": "", "reason": "", "request_key": str(uuid4()),
    }  # fmt: skip
    file = {"file": (f"C:\\exports\\{PLATE_FILE}", (INSTRUMENTS / PLATE_FILE).read_bytes(), "text/csv")}
    preview = client.post(f"{address}/import/preview", data=set_up, files=file)
    assert preview.status_code == 200, preview.text
    assert "412" in preview.text
    assert f'value="{PLATE_FILE}"' in preview.text
    assert nothing_was_written(world, run)
    hidden = re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)">', preview.text)
    confirmed: dict[str, list[str]] = {}
    for name, value in hidden:
        confirmed.setdefault(name, []).append(value)
    kept = client.post(f"{address}/import", data=confirmed)
    assert kept.status_code == 303, kept.text
    page = client.get(kept.headers["location"]).text
    assert "636.1" in page
    assert "389.2" in page
    assert PLATE_FILE in page


def test_plate_and_tubes_give_identical_results(lab: World, culture: str):
    plate, tubes = cytotoxicity(lab, culture), cytotoxicity(lab, culture)
    lab.act(TARA, commands.import_plate, import_request(plate))
    lab.act(TARA, commands.import_plate, import_request(tubes, TUBE_FILE, layout="tubes"))
    assert stored(lab, plate) == stored(lab, tubes)


def test_the_raw_file_is_kept_with_its_hash_and_the_same_file_makes_nothing_new(world: World, batch: Batch):
    run = cytotoxicity(world, batch.culture)
    first = world.act(TARA, commands.import_plate, import_request(run))
    again = world.act(TARA, commands.import_plate, import_request(run))
    assert (first.is_new, again.is_new, first.plate_code) == (True, False, again.plate_code)
    ((sha256, content),) = world.rows("SELECT sha256, content FROM raw_file")
    assert bytes(content) == (INSTRUMENTS / PLATE_FILE).read_bytes()
    assert world.rows("SELECT count(*) FROM plate") == [(1,)]
    assert world.read(plate_numbers, first.plate_code).file_sha256 == sha256


def test_a_file_is_no_second_plate_of_the_same_course(lab: World, culture: str):
    lab.act(TARA, commands.import_plate, import_request(cytotoxicity(lab, culture)))
    refused = lab.refused(TARA, commands.import_plate, import_request(cytotoxicity(lab, culture)))
    assert refused.code == "file_imported"


def test_a_file_of_another_patient_is_a_near_miss(lab: World):
    at = shelf(lab)
    lab.act(TARA, commands.import_plate, import_request(cytotoxicity(lab, seeded_culture(lab, at).culture)))
    lab.sql("UPDATE culture SET bench_id = NULL")
    other = cytotoxicity(lab, seeded_culture(lab, at, JAMES).culture)
    refused = lab.refused(TARA, commands.import_plate, import_request(other))
    assert refused.code == "file_of_another"
    assert refused.near_miss is not None
    assert "Halvorsen" not in refused.sentence


def contents(text: bytes) -> str:
    return b64encode(text).decode()


BAD_FILES: tuple[tuple[dict[str, object], str], ...] = (
    ({"content": contents(b"\x89PNG\r\n")}, "not_a_text_file"),
    ({"content": contents(b"hello\nworld\n")}, "no_columns"),
    ({"content": contents(b"a;b\n1;2\n")}, "shape_not_recognised"),
    ({"content": contents((INSTRUMENTS / "synthetic_vicell.csv").read_bytes())}, "no_plate_in_file"),
    ({"content": contents((INSTRUMENTS / PLATE_FILE).read_bytes().replace(b"2890", b"-2890"))}, "negative_reading"),
    ({"content": contents((INSTRUMENTS / PLATE_FILE).read_bytes().replace(b"2890", b"many"))}, "not_a_number"),
    ({"content": contents((INSTRUMENTS / PLATE_FILE).read_bytes().split(b"\nF,")[0])}, "plate_cut_off"),
    ({"content": contents((INSTRUMENTS / "synthetic_bmg_matrix.csv").read_bytes())}, "file_leaves_open"),
    ({"targets": ("K562", "Daudi")}, "targets_do_not_fit"),
    ({"ratios": ("40", "40")}, "stands_twice"),
    ({"ratios": ("40", "1001")}, "ratio_out_of_range"),
    ({"ratios": ("40", "-20")}, "not_positive"),
    ({"duration_h": "0.4"}, "duration_impossible"),
    ({"duration_h": "48.5"}, "duration_impossible"),
    ({"layout": "tubes"}, "no_tubes_in_file"),
)
BAD_CELLS = (
    (("",) * 96, "no_readings"),
    (with_cell("A1", -5), "negative_reading"),
    ((*plate_cells()[:95], "x"), "not_a_number"),
    (tuple("4,5" if cell == "412" else cell for cell in plate_cells()), "not_a_number"),
)


def test_a_bad_file_is_one_sentence_and_nothing_is_written(lab: World, culture: str, subtests: pytest.Subtests):
    run = cytotoxicity(lab, culture)
    for changed, code in BAD_FILES:
        with subtests.test(code):
            refused = lab.refused(TARA, commands.import_plate, import_request(run, **changed))
            assert (refused.code, refused.sentence[-1]) == (code, ".")
            assert nothing_was_written(lab, run)


def test_a_bad_cell_is_one_sentence_and_nothing_is_written(lab: World, culture: str, subtests: pytest.Subtests):
    run = cytotoxicity(lab, culture)
    for cells, code in BAD_CELLS:
        with subtests.test(code):
            assert lab.refused(TARA, commands.enter_plate, plate_request(run, cells=cells)).code == code
            assert nothing_was_written(lab, run)


def test_the_door_refuses_a_plate_of_95_cells_and_unknown_fields(lab: World, culture: str):
    run = cytotoxicity(lab, culture)
    body = plate_request(run).model_dump(mode="json")
    for wrong in (body | {"cells": body["cells"][:95]}, body | {"lytic_units": 900}, body | {"ratios": []}):
        answer = lab.client(TARA).post(
            f"/api/v1/samples/{run.sample}/tests/1/plate", json=wrong, headers={"Idempotency-Key": str(uuid4())}
        )
        assert answer.status_code == 422
    assert nothing_was_written(lab, run)


@pytest.mark.requirement("REQ-111")
@pytest.mark.parametrize(("spontaneous", "state"), [(1260, "entered"), (1261, "control_failed")])
def test_spontaneous_release_above_the_limit_fails_the_controls(lab: World, culture: str, spontaneous, state):
    """S/M is judged net of 22 cpm of medium: 30 % lies at 1,260.5 cpm."""
    run = cytotoxicity(lab, culture)
    cells = [str(spontaneous) if at < 6 else cell for at, cell in enumerate(plate_cells())]
    lab.act(TARA, commands.enter_plate, plate_request(run, cells=cells))
    assert state_of(lab, run) == state
    results = {result.analyte: result for result in lab.read(run_record, run.sample, 1).results}
    if state == "control_failed":
        assert results["lu30_k562"].value is None
        assert results["lu30_k562"].status == "assay_invalid"
        assert "30" in (results["lysis_k562_20"].note or "")
        page = lab.client(TARA).get(f"/assays/{lab.rows('SELECT code FROM plate')[0][0]}").text
        assert "Controls failed" in page
        assert "invalid" in page


def test_controls_that_fail_twice_open_a_deviation(lab: World, culture: str):
    cells = ["4000" if at < 6 else cell for at, cell in enumerate(plate_cells())]
    first = cytotoxicity(lab, culture)
    lab.act(TARA, commands.enter_plate, plate_request(first, cells=cells))
    assert lab.rows("SELECT count(*) FROM deviation") == [(0,)]
    again = running(
        lab, first.sample, TestKind.CYTOTOXICITY_51CR, repeats_number=1, reason="spontaneous release was too high"
    )
    lab.act(TARA, commands.enter_plate, plate_request(again, cells=cells))
    assert lab.rows("SELECT grade, state FROM deviation") == [("major", "open")]


@pytest.mark.requirement("REQ-111")
def test_a_flagged_well_is_judged_by_a_person_and_every_result_is_kept(lab: World, culture: str):
    run = cytotoxicity(lab, culture)
    done = lab.act(TARA, commands.enter_plate, plate_request(run, cells=with_cell("C2", 900)))
    assert done.wells_to_explain == 1
    assert lab.read(plate_numbers, done.plate_code).wells_to_explain == ("C2",)
    page = lab.client(TARA).get(f"/assays/{done.plate_code}").text
    assert "C2 reads 13%, its replicates 66% and 68%" in page
    assert "without C2" in page
    assert "Explain C2" in page
    with_well = stored(lab, run)["lu30_k562"]
    decided = judge(lab, done.plate_code, "C2", WellJudgement.EXCLUDE)
    assert decided.wells_to_explain == 0
    without = stored(lab, run)["lu30_k562"]
    assert without != with_well
    versions = lab.rows("SELECT version, wells_to_explain FROM plate_result ORDER BY version")
    assert versions == [(1, 1), (2, 0)]
    page = lab.client(TARA).get(f"/assays/{done.plate_code}").text
    assert with_well in page
    assert without in page
    assert "with C2 kept" in page


def test_a_kept_well_stays_in_and_is_explained(lab: World, culture: str):
    run = cytotoxicity(lab, culture)
    done = lab.act(TARA, commands.enter_plate, plate_request(run, cells=with_cell("C2", 900)))
    before = stored(lab, run)
    assert judge(lab, done.plate_code, "C2", WellJudgement.KEEP).wells_to_explain == 0
    assert stored(lab, run) == before


def test_excluding_and_keeping_again_returns_the_first_result(lab: World, culture: str):
    run = cytotoxicity(lab, culture)
    done = lab.act(TARA, commands.enter_plate, plate_request(run))
    before = stored(lab, run)
    judge(lab, done.plate_code, "B1", WellJudgement.EXCLUDE)
    assert stored(lab, run) != before
    judge(lab, done.plate_code, "B1", WellJudgement.KEEP)
    assert stored(lab, run) == before


def test_a_well_needs_a_reason_and_must_stand_on_the_plate(lab: World, culture: str):
    done = lab.act(TARA, commands.enter_plate, plate_request(cytotoxicity(lab, culture)))
    client = lab.client(TARA)
    for reason, position, status in (
        ("error", "B1", 422),
        ("a bubble was seen in it", "G7", 404),
        ("bubble", "B1", 422),
    ):
        body = {"plate_code": done.plate_code, "position": position, "judgement": "exclude", "reason": reason}
        answer = client.post(
            f"/api/v1/assays/{done.plate_code}/wells", json=body, headers={"Idempotency-Key": str(uuid4())}
        )
        assert answer.status_code == status
    assert lab.rows("SELECT count(*) FROM well_judged") == [(0,)]


def test_three_targets_on_one_plate_each_have_their_numbers(lab: World, culture: str):
    run = running(lab, sampled(lab, culture, SampleKind.CULTURE), TestKind.CYTOTOXICITY_51CR)
    cells = three_target_cells()
    asked = plate_request(
        run,
        layout="three_targets",
        targets=("K562", "Daudi", "autologous_tumour"),
        ratios=("40", "20", "10", "5"),
        cells=cells,
    )
    done = lab.act(TARA, commands.enter_plate, asked)
    numbers = lab.read(plate_numbers, done.plate_code)
    assert [one.target for one in numbers.targets] == [
        TargetCells.K562, TargetCells.DAUDI, TargetCells.AUTOLOGOUS_TUMOUR
    ]  # fmt: skip
    found = stored(lab, run)
    assert (found["lu30_k562"], found["lu30_daudi"]) == ("389.2", "389.2")
    assert [one.is_valid for one in numbers.targets] == [True, True, False]
    assert state_of(lab, run) == "entered", "the controls of two targets hold"


def three_target_cells() -> tuple[str, ...]:
    """The published wells for K562 and Daudi; the tumour's spontaneous release is half its maximum."""
    effectors = ((3321, 3398, 3275), (2890, 2811, 2945), (2195, 2260, 2131), (1540, 1489, 1577))
    low, high = (412, 398, 405, 421, 389, 402), (4105, 4220, 4168, 4077, 4190, 4143)
    rows: list[list[object]] = [[""] * 12 for _ in range(8)]
    for target in range(3):
        for row, wells in enumerate(effectors):
            rows[row][3 * target : 3 * target + 3] = wells
        spontaneous = low if target < 2 else (2000, 2010, 1990, 2005, 1995, 2000)
        rows[6][3 * target : 3 * target + 3] = spontaneous[:3]
        rows[7][3 * target : 3 * target + 3] = high[:3]
        for row in range(3):
            rows[row][9 + target], rows[row + 3][9 + target] = spontaneous[3 + row], high[3 + row]
    rows[6][9:], rows[7][9:] = [22, 25, 19], [22, 25, 19]
    return tuple(str(cell) for row in rows for cell in row)


def test_somebody_elses_request_key_imports_nothing(lab: World, culture: str):
    run, key = cytotoxicity(lab, culture), {"Idempotency-Key": str(uuid4())}
    body, address = import_request(run).model_dump(mode="json"), f"/api/v1/samples/{run.sample}/tests/1/import"
    assert lab.client(TARA).post(address, json=body, headers=key).status_code == 200
    assert lab.client(THEO).post(address, json=body, headers=key).status_code == 403
