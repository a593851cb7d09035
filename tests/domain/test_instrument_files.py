"""Files of instruments: the sample files as expected, and every way a file can be wrong as a sentence."""

from __future__ import annotations

import codecs
import hashlib
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.instruments import (
    CountGrade,
    DateOrder,
    InstrumentFile,
    Question,
    Shape,
    position_of,
    read_instrument_file,
    read_pasted_grid,
)
from app.domain.vocabulary import Censor
from tests.domain.vectors_of import INSTRUMENTS, Vector, read_json

FILES = read_json(INSTRUMENTS / "expected.json")["files"]
PLATES = [each for each in FILES if each["shape"] != "table"]
TABLES = [each for each in FILES if each["shape"] == "table"]


def name(expected: Vector) -> str:
    return str(expected["file"])


def read(expected: Vector) -> InstrumentFile:
    return read_instrument_file((INSTRUMENTS / expected["file"]).read_bytes())


def refusal(content: bytes | str) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read_instrument_file(content.encode() if isinstance(content, str) else content)
    assert refused.value.sentence.endswith((".", "?"))
    return refused.value


@pytest.mark.parametrize("expected", FILES, ids=name)
def test_the_format_of_a_sample_file_is_recognised(expected):
    found = read(expected)
    assert (found.size_bytes, found.sha256) == (expected["bytes"], expected["sha256"])
    assert (found.encoding, found.has_bom, found.shape) == (expected["encoding"], expected["bom"], expected["shape"])
    assert found.delimiter == {"TAB": "\t"}.get(expected["delimiter"], expected["delimiter"])
    assert found.table.style.decimal_mark == expected["decimal"]
    assert found.table.style.thousands == {"U+00A0": "\u00a0"}.get(expected.get("thousands"))
    assert found.table.header_row == expected.get("header_row", found.table.header_row)
    assert (Question.DATE_ORDER in found.needs_confirmation) is expected.get("date_ambiguous", False)


@pytest.mark.parametrize("expected", PLATES, ids=name)
def test_every_reading_of_a_sample_file_agrees(expected):
    found = [
        {
            "position": reading.position,
            "quantity": reading.quantity,
            "value": reading.value,
            "censor": reading.censor,
            "status": "ok" if reading.is_ok else "refused",
        }
        for reading in read(expected).readings
    ]
    assert found == expected["readings"]


@pytest.mark.parametrize("expected", TABLES, ids=name)
def test_every_count_of_a_sample_file_agrees(expected):
    names = {"viability_pct": "viability_percent"}
    for count, row in zip(read(expected).counts, expected["readings"], strict=True):
        assert (count.sample, count.grade.value) == (row["sample"], row["status"])
        assert count.instrument_status == row.get("instrument_status")
        assert count.warned_because == row.get("reason")
        for key in row.keys() - {"sample", "status", "instrument_status", "reason"}:
            assert getattr(count, names.get(key, key)).value == row[key]


def test_both_wavelengths_and_the_temperature_are_read_and_summaries_are_not():
    expected = next(each for each in FILES if each["shape"] == "blocks")
    table = read(expected).table
    assert table.temperature_c == expected["temperature_c"]
    assert {reading.quantity for reading in table.readings} == {f"A{nm}" for nm in expected["wavelengths_nm"]}


def test_a_row_the_instrument_complained_about_is_shown_but_refused():
    counts = read_instrument_file((INSTRUMENTS / "synthetic_ncview_nbsp.csv").read_bytes()).counts
    assert counts[1].grade is CountGrade.REFUSED
    assert counts[1].refused_because == "the instrument says 'Too few cells'"


BMG = (INSTRUMENTS / "synthetic_bmg_matrix.csv").read_bytes()


def test_an_ambiguous_date_is_asked_and_read_as_told():
    asked = read_instrument_file(BMG)
    assert (asked.dates[0].text, asked.dates[0].day) == ("03/11/2026", None)
    for order, day in ((DateOrder.DAY_FIRST, date(2026, 11, 3)), (DateOrder.MONTH_FIRST, date(2026, 3, 11))):
        told = read_instrument_file(BMG, date_order=order)
        assert (told.dates[0].day, told.needs_confirmation) == (day, ())


def test_another_date_of_the_file_settles_an_ambiguous_one():
    found = read_instrument_file(BMG.replace(b"USER", b"13/11/2026"))
    assert [each.day for each in found.dates] == [date(2026, 11, 13), date(2026, 11, 3)]


@pytest.mark.parametrize(
    ("written", "code"), [(b"13/11/2026,,11/13/2026", "mixed_date_orders"), (b"31/02/2026", "impossible_date")]
)
def test_dates_that_contradict_or_cannot_be_are_refused(written, code):
    assert refusal(BMG.replace(b"USER", written)).code == code


def matrix(*rows: str, delimiter: str = ",", above: str = "") -> str:
    filled = [*rows, *[""] * (8 - len(rows))]
    head = delimiter.join(["", *(str(column) for column in range(1, 13))])
    body = [f"{letter}{delimiter}{row}" for letter, row in zip("ABCDEFGH", filled, strict=True)]
    return "\n".join([*([above] if above else []), head, *body]) + "\n"


LIST = "Position,Time (s),Counts,CPM,Flag\n"
SOFTMAX = (INSTRUMENTS / "synthetic_softmax_utf16.txt").read_text(encoding="utf-16")
COUNTS = "Sample ID,Total (cells/ml),Live (cells/ml),Dead (cells/ml),Viability (%),Status\n"


@pytest.mark.parametrize(
    ("text", "value", "thousands"),
    [
        ("2.461,0", "2461.0", "."),
        ("2,461.0", "2461.0", ","),
        ("412,5", "412.5", None),
        ("412.5", "412.5", None),
        ("0.412", "0.412", None),
        ("4\u00a0675\u00a0000", "4675000", "\u00a0"),
        ("1.234.567", "1234567", "."),
        ("2.45E6", "2450000", None),
    ],
)
def test_a_number_is_read_in_the_style_of_its_file(text, value, thousands):
    found = read_instrument_file(matrix(text, delimiter=";").encode())
    assert found.readings[0].value == Decimal(value)
    assert found.table.style.thousands == thousands
    assert found.needs_confirmation == ()


@pytest.mark.parametrize(("mark", "value"), [(".", "2.461"), (",", "2461")])
def test_a_number_that_could_be_read_two_ways_is_asked_and_read_as_told(mark, value):
    content = matrix("2.461", delimiter=";").encode()
    assert read_instrument_file(content).needs_confirmation == (Question.DECIMAL_MARK,)
    told = read_instrument_file(content, decimal_mark=mark)
    assert (told.readings[0].value, told.needs_confirmation) == (Decimal(value), ())


def test_a_bound_is_kept_as_a_bound_and_a_dash_is_missing():
    found = read_instrument_file(matrix("<8,>60000,-,12").encode())
    assert [(each.position, each.value, each.censor) for each in found.readings] == [
        ("A1", 8, Censor.BELOW),
        ("A2", 60000, Censor.ABOVE),
        ("A4", 12, None),
    ]
    assert "A3" in found.table.blank_positions


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8", "latin-1"])
def test_the_same_plate_in_any_encoding_gives_the_same_readings(encoding):
    text = matrix("412,398,405", above="µ plate °C cpm")
    assert read_instrument_file(text.encode(encoding)).readings == read_instrument_file(text.encode()).readings


def test_several_matrices_are_told_apart_by_the_line_above_them():
    text = matrix("412", above="Results for first") + matrix("517", above="\nResults for second")
    quantities = [(each.quantity, each.value) for each in read_instrument_file(text.encode()).readings]
    assert quantities == [("first", 412), ("second", 517)]


def test_a_key_value_file_is_one_sample():
    text = "Sample ID;SYN-1\nTotal (cells/ml);2.45E6\nLive (cells/ml);2.30E6\nViability (%);93.9\nOperator;x\n"
    found = read_instrument_file(text.encode())
    assert (found.shape, found.counts[0].viable_per_ml.value) == (Shape.KEY_VALUE, Decimal(2300000))


def test_a_concentration_known_only_by_its_bound_gives_no_result():
    count = read_instrument_file((COUNTS + "S1,<8,<8,-,0,OK\n").encode()).counts[0]
    assert (count.grade, count.viable_per_ml.censor) == (CountGrade.REFUSED, Censor.BELOW)


@pytest.mark.parametrize(("status", "grade"), [("OK", "ok"), ("ok", "ok"), ("", "refused"), ("Clumps", "refused")])
def test_only_ok_is_ok(status, grade):
    assert read_instrument_file(f"{COUNTS}S1,100,90,10,90,{status}\n".encode()).counts[0].grade == grade


def test_a_flagged_tube_is_read_but_not_ok():
    reading = read_instrument_file(f"{LIST}1,60,412,412,HIGH\n".encode()).readings[0]
    assert (reading.is_ok, reading.instrument_status) == (False, "HIGH")


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("file_empty", b""),
        ("file_empty", b"\r\n \r\n"),
        ("file_too_large", b"1,2,3\n" * 1_700_000),
        ("file_too_long", b"1,2\n" * 20_001),
        ("not_a_text_file", b"PK\x03\x04 a spreadsheet"),
        ("not_a_text_file", b"%PDF-1.7"),
        ("not_a_text_file", b"\x89PNG\r\n"),
        ("not_a_text_file", bytes(range(256))),
        ("not_a_text_file", codecs.BOM_UTF8 + b"\xff\xff"),
        ("not_a_text_file", codecs.BOM_UTF16_LE + b"a"),
        ("no_columns", "just a sentence\nand another"),
        ("unreadable_line", matrix('"412')),
        ("shape_not_recognised", "name,colour\nwater,blue\n"),
        ("shape_not_recognised", "Position,Counts\n1,412\n"),
        ("no_readings", matrix()),
        ("no_readings", LIST),
        ("no_readings", COUNTS),
        ("plate_cut_off", matrix("412").split("\nG")[0]),
        ("too_many_columns", matrix(",".join(["1"] * 13))),
        ("not_a_number", matrix("412,abc")),
        ("not_a_number", matrix("NaN")),
        ("not_a_number", matrix("inf")),
        ("not_a_number", matrix("1e308")),
        ("not_a_number", matrix("4 12")),
        ("not_a_number", matrix("1\u00a0234.5\u00a06")),
        ("not_a_number", matrix("1.2.3")),
        ("not_a_number", matrix("<")),
        ("not_a_number", matrix("0x1F")),
        ("not_a_number", matrix("٤١٢")),
        ("reading_out_of_range", matrix("1e13")),
        ("reading_out_of_range", matrix("9" * 30)),
        ("negative_reading", matrix("-412")),
        ("mixed_decimal_marks", matrix("412,5;398.5", delimiter=";")),
        ("position_twice", LIST + "1,60,412,412,\n1,60,398,398,\n"),
        ("position_unknown", LIST + "A13,60,412,412,\n"),
        ("position_unknown", LIST + "0,60,412,412,\n"),
        ("counts_do_not_match_cpm", LIST + "1,60,412,512,\n"),
        ("counts_do_not_match_cpm", LIST + "1,0,412,412,\n"),
        ("list_interrupted", LIST + "1,60,412,412,\n\n2,60,398,398,\n"),
        ("negative_reading", LIST + "1,60,412,-412,\n"),
        ("count_contradicts_itself", COUNTS + "S1,1000,900,200,90,OK\n"),
        ("count_contradicts_itself", COUNTS + "S1,1000,1100,,90,OK\n"),
        ("count_contradicts_itself", COUNTS + "S1,1000,900,100,190,OK\n"),
        ("negative_reading", COUNTS + "S1,1000,-900,100,90,OK\n"),
        ("sample_missing", COUNTS + ",1000,900,100,90,OK\n"),
        ("sample_twice", COUNTS + "S1,1000,900,100,90,OK\nS1,1000,900,100,90,OK\n"),
        ("wavelengths_unclear", SOFTMAX.replace("490 680", "490 680 720")),
        ("wavelengths_unclear", SOFTMAX.replace("\t12\t\t", "\t13\t\t")),
        ("several_plates", "##BLOCKS= 2\nPlate:\t1\nPlate:\t2\n"),
        ("plate_cut_off", "##BLOCKS= 1\nPlate:\t490\n\t\t1\n"),
    ],
)
def test_a_file_that_is_wrong_is_refused_whole(code, content):
    assert refusal(content).code == code


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (matrix("412", "398,abc"), "Line 3, well B2"),
        (LIST + "1,60,412,412,\n2,60,abc,398,\n", "Line 3, counts"),
        (COUNTS + "S1,1000,many,100,90,OK\n", "Line 2, Live (cells/ml)"),
    ],
)
def test_a_refusal_names_the_line_and_the_place(content, place):
    assert refusal(content).sentence.startswith(f"{place}: ")


def test_a_negative_absorbance_is_kept():
    text = matrix("-0.012", above="Absorbance Raw Data (490)")
    assert read_instrument_file(text.encode()).readings[0].value == Decimal("-0.012")


def test_a_spaced_colon_separates_keys_and_values():
    text = "Sample ID : SYN : 1\nTotal cells/ml (x 10^6) : 1.90\nViable cells/ml (x10^6) : 1.65\nViability (%) : 86.8\n"
    count = read_instrument_file(text.encode()).counts[0]
    assert (count.sample, count.viable_per_ml.value) == ("SYN : 1", 1_650_000)


def test_a_list_keeps_blank_tubes_blank_and_checks_only_what_it_can():
    text = LIST + "1,60,412,-,\n2,60,,398,\n3,60,>9000,9000,\n" + "\nMean,,,405,\n"
    table = read_instrument_file(text.encode()).table
    assert table.blank_positions == ("1",)
    assert [each.value for each in table.readings] == [398, 9000]


def test_a_list_separated_in_few_of_its_lines_is_still_read():
    text = "free text\n" * 5 + LIST + "1,60,412,412,\n"
    assert len(read_instrument_file(text.encode()).readings) == 1


NO_POSITIONS = ("A0", "A13", "I1", "0", "", "1000", "A1A", "Ⅷ")


@pytest.mark.parametrize(
    ("written", "position"),
    [("A1", "A1"), ("a01", "A1"), ("H12", "H12"), ("001", "1"), ("999", "999"), *((bad, None) for bad in NO_POSITIONS)],
)
def test_a_position_is_a_well_or_a_tube(written, position):
    assert position_of(written) == position


GRID = "\n".join("\t".join(str(row * 12 + column) for column in range(12)) for row in range(8))


def test_a_pasted_grid_of_eight_by_twelve_is_read_row_by_row():
    table = read_pasted_grid(GRID + "\r\n")
    assert [(each.position, each.value) for each in table.readings[::95]] == [("A1", 0), ("H12", 95)]
    assert table.blank_positions == ()


def test_a_blank_in_a_pasted_grid_is_a_missing_reading_and_not_zero():
    table = read_pasted_grid(GRID.replace("13\t", "\t", 1))
    assert table.blank_positions == ("B2",)
    assert len(table.readings) == 95


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("not_eight_rows", ""),
        ("not_eight_rows", GRID + "\n" + GRID),
        ("not_eight_rows", "\t".join(str(column) for column in range(1, 13)) + "\n" + GRID),
        ("not_twelve_columns", GRID.replace("\t95", "")),
        ("not_twelve_columns", GRID.replace("\t", ",")),
        ("not_a_number", GRID.replace("95", "x")),
        ("not_a_number", GRID.replace("95", "9,5")),
        ("not_a_number", GRID.replace("95", "nan")),
        ("negative_reading", GRID.replace("95", "-95")),
        ("reading_out_of_range", GRID.replace("95", "1e99")),
        ("no_readings", "\n".join(["\t" * 11] * 8)),
    ],
)
def test_a_pasted_grid_that_is_wrong_is_refused(code, text):
    with pytest.raises(Invalid) as refused:
        read_pasted_grid(text)
    assert refused.value.code == code


@given(st.binary(max_size=400))
def test_any_bytes_give_a_file_or_a_refusal(content):
    with suppress(Invalid):
        assert read_instrument_file(content).sha256 == hashlib.sha256(content).hexdigest()


@given(st.text(alphabet="0123456789.,-<>eE ABCDH\t;\n\u00a0/", max_size=40))
def test_any_text_in_a_well_is_a_number_a_bound_a_blank_or_a_refusal(text):
    cell = text.replace("\n", "").replace(";", "")
    with suppress(Invalid):
        found = read_instrument_file(matrix(f"7;{cell}", delimiter=";").encode())
        assert all(each.value.is_finite() for each in found.readings)
