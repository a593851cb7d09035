"""The scan parser: it says what a text is, or refuses it in one category; it never guesses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.errors import Invalid, Mismatch
from app.domain.gs1 import Gs1Code
from app.domain.identifiers import GLYPHS, Kind, make_code, normalise_typed, with_print_number
from app.domain.scan import OwnCode, ScanSettings, expect, parse
from app.domain.scan_refusal import ScanCategory, ScanRefusal, refused

FOLDER = Path(__file__).parent / "vectors"
BARCODES = json.loads((FOLDER / "barcodes.json").read_text())["vectors"]
OWN = [one for one in BARCODES if one["scheme"] == "own"]
ISBT = [one["input"] for one in json.loads((FOLDER / "isbt128.json").read_text())["vectors"] if one["group"] == "parse"]
BAG = "BGD7M26000418M"
GS = "\x1d"

letters = st.sampled_from(GLYPHS[10:])
sites = st.tuples(st.sampled_from(GLYPHS), st.sampled_from(GLYPHS), letters).map("".join)
codes = st.builds(make_code, st.sampled_from(Kind), sites, st.integers(2000, 2099), st.integers(1, 999_999))
own_codes = codes.filter(lambda code: code is not None)


def category(raw: str) -> str:
    answer = parse(raw)
    assert isinstance(answer, ScanRefusal), f"{raw!r} was read as {answer}"
    return answer.category.value


@pytest.mark.parametrize("vector", OWN, ids=lambda one: f"{one['id']} {one.get('note', '')}")
def test_an_own_code_is_read_or_refused_as_in_the_vectors(vector: dict[str, object]) -> None:
    expected, text = vector["expected"], str(vector["input"])
    assert isinstance(expected, dict)
    if vector["id"] == "BC-37":  # a terminator is refused in a symbol and removed from a scan
        assert isinstance(parse(text), OwnCode)
    elif expected["ok"]:
        answer = parse(text)
        assert isinstance(answer, OwnCode)
        assert (answer.code, answer.print_number) == (text[:14], int(text[14:]) if text[14:] else None)
    else:
        assert category(text) == expected["category"]


@given(own_codes, st.none() | st.integers(1, 99))
def test_every_code_made_is_read_back_as_itself(code: str, print_number: int | None) -> None:
    answer = parse(code if print_number is None else with_print_number(code, print_number))
    assert isinstance(answer, OwnCode)
    assert (answer.code, answer.print_number) == (code, print_number)
    assert make_code(answer.kind, answer.site, answer.year, answer.number) == code


@given(own_codes, st.integers(0, 13), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"))
def test_every_single_wrong_character_is_caught(code: str, place: int, wrong: str) -> None:
    assume(code[place] != wrong)
    assert isinstance(parse(code[:place] + wrong + code[place + 1 :]), ScanRefusal)


@given(own_codes, st.integers(0, 12))
def test_every_swap_of_neighbours_is_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assume(swapped != code)
    assert isinstance(parse(swapped), ScanRefusal)


@pytest.mark.requirement("REQ-113")
@given(own_codes, st.none() | st.integers(1, 99))
def test_one_code_delivered_twice_is_never_read(code: str, print_number: int | None) -> None:
    text = code if print_number is None else with_print_number(code, print_number)
    assert category(text * 2) == "doubled_scan"


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_and_never_fails(text: str) -> None:
    assert isinstance(parse(text), OwnCode | Gs1Code | ScanRefusal)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "empty"),
        ("\r\n", "empty"),
        ("]d1", "empty"),
        ("\r", "empty"),
        (f" {BAG}", "unknown_prefix"),
        (f"{BAG}\n\n", "control_char"),
        (f"{BAG}{GS}", "control_char"),
        ("ВGD7M26000418M", "control_char"),
        ("43542104354210", "unknown_prefix"),
        ("Halvorsen", "unknown_prefix"),
        ("=A99992112345600", "adapter_off"),
        ("&/CHA999926A00001", "adapter_off"),
        ("BGD7M26000418N", "bad_check"),
        ("BGD7M2600041M", "bad_length"),
        ("BGD7M26000418M1", "bad_length"),
        ("bgd7m26000418m", "bad_character"),
        ("BGD7M260OO418M", "bad_character"),
        ("BGD7M260OO418", "bad_length"),
        ("BGD7726000418M", "bad_character"),
        ("BGD7M26000418M00", "reserved_value"),
    ],
)
def test_what_is_no_code_is_refused_in_its_category(raw: str, why: str) -> None:
    assert category(raw) == why


@pytest.mark.parametrize("raw", ISBT)
def test_isbt_128_is_refused_while_the_adapter_is_off(raw: str) -> None:
    assert category(raw) == "adapter_off"


@pytest.mark.parametrize("terminator", ["\r\n", "\r", "\n", "\t"])
@pytest.mark.parametrize("prefix", ["", "]C0", "]d1"])
def test_one_terminator_and_the_symbology_identifier_are_removed(prefix: str, terminator: str) -> None:
    answer = parse(f"{prefix}{BAG}{terminator}")
    assert isinstance(answer, OwnCode)
    assert (answer.kind, answer.site, answer.year, answer.number) == (Kind.BAG, "D7M", 2026, 418)


def test_a_refusal_says_what_to_do() -> None:
    typed, lower = parse("BGD7M260OO418M"), parse("bgd7m26000418m")
    assert isinstance(typed, ScanRefusal)
    assert isinstance(lower, ScanRefusal)
    assert "the letter O is never used; is it zero?" in typed.sentence
    assert "check caps lock or the reader's case setting" in lower.sentence


@pytest.mark.parametrize("category", list(ScanCategory))
def test_every_category_has_a_sentence(category: ScanCategory) -> None:
    assert refused(category).sentence.endswith(".")


def test_a_typed_code_is_read_with_its_print_number() -> None:
    answer = parse(normalise_typed("bg-d7m-26-000418-m 02"))
    assert isinstance(answer, OwnCode)
    assert (answer.text, answer.print_number) == ("BG-D7M-26-000418-M", 2)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("]d28018952123400000004176", Gs1Code(recipient="952123400000004176")),
        ("]C18018952123400000004176", Gs1Code(recipient="952123400000004176")),
        (
            f"]d28018952123400000004176{GS}724110",
            Gs1Code(recipient="952123400000004176", media_type="10"),
        ),
        (
            f"]d201095212340000441727033110LOT-7{GS}21A/9",
            Gs1Code(gtin="09521234000044", expires_on="2027-03-31", lot="LOT-7", serial="A/9"),
        ),
        ("]d217280200", Gs1Code(expires_on="2028-02-29")),
        ("]d270032611241430", Gs1Code(expires_at="2026-11-24T14:30")),
        ("]d24149521234000051", Gs1Code(place="9521234000051")),
    ],
)
def test_gs1_elements_are_read(raw: str, read: Gs1Code) -> None:
    assert parse(raw) == read


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("8018952123400000004176", "unknown_prefix"),
        ("]d28018952123400000004175", "bad_check"),
        ("]d2801895212340000000417", "bad_length"),
        ("]d2801895212340000000417X", "bad_character"),
        ("]d2", "empty"),
        ("]d299123", "unknown_structure"),
        ("]d210", "bad_length"),
        ("]d210123456789012345678901", "bad_length"),
        ("]d210LOT 7", "bad_character"),
        ("]d217271301", "bad_date"),
        ("]d217270229", "bad_date"),
        ("]d270032611242430", "bad_date"),
        ("]d270032611001430", "bad_date"),
        (f"]d210A{GS}10B", "ambiguous"),
        ("]d280189521234000000041768018952123400000004176", "doubled_scan"),
    ],
)
def test_gs1_texts_are_refused_in_their_category(raw: str, why: str) -> None:
    assert category(raw) == why


def test_a_bare_recipient_number_is_read_only_where_the_site_says_so() -> None:
    settings = ScanSettings(bare_gs1_recipient=True)
    assert parse("8018952123400000004176", settings) == Gs1Code(recipient="952123400000004176")
    assert isinstance(parse("8018952123400000004176"), ScanRefusal)
    assert isinstance(parse("80189521234000000041767241", settings), ScanRefusal)


@pytest.mark.requirement("REQ-113")
def test_a_step_refuses_another_kind_by_name_and_keeps_the_near_miss() -> None:
    with pytest.raises(Mismatch, match=r"SM-D7M-26-000417-K is the wrong code here \(sample\).*product bag") as caught:
        expect("SMD7M26000417K", Kind.BAG, step="issue")
    assert caught.value.code == "wrong_kind"
    assert caught.value.near_miss is not None
    assert (caught.value.near_miss.step, caught.value.near_miss.scanned) == ("issue", "SMD7M26000417K")


@pytest.mark.requirement("REQ-128")
def test_an_unreadable_scan_is_a_near_miss_that_keeps_no_text() -> None:
    with pytest.raises(Invalid) as caught:
        expect("Halvorsen, Ingrid", Kind.BAG, step="issue")
    assert caught.value.code == "unknown_prefix"
    assert caught.value.near_miss is not None
    assert caught.value.near_miss.scanned is None


def test_a_gs1_code_is_the_wrong_kind_where_one_of_ours_is_asked_for() -> None:
    with pytest.raises(Mismatch, match="GS1"):
        expect("]d28018952123400000004176", Kind.BAG, step="issue")


def test_a_step_takes_each_kind_it_asks_for() -> None:
    assert expect(BAG, Kind.SAMPLE, Kind.BAG, step="look up").code == BAG
