"""Each ISBT 128 structure: its fields, the way back to its text, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid, Mismatch, Refusal
from app.domain.identifiers import Kind, check_character, check_value
from app.domain.isbt128 import (
    AdapterSettings,
    IsbtElement,
    IsbtMessage,
    Value,
    compose,
    compose_message,
    element_of,
    local_flags,
    named,
    no_bag,
    not_for_demo,
    text_with_check,
)
from app.domain.isbt128.structures import STRUCTURES
from app.domain.scan import ScanSettings, expect, parse
from app.domain.scan_refusal import ScanRefusal

FACILITY = AdapterSettings(own_facility="A9999", local_flags=frozenset({"21"}))
ON = ScanSettings(isbt128=FACILITY)
TYPED = ScanSettings(isbt128=FACILITY, is_typed=True)
DIN = "A999921123456"

EXAMPLES: dict[str, tuple[str, Mapping[str, Value]]] = {
    "001": (
        f"={DIN}16",
        {"din": DIN, "fin": "A9999", "year": "21", "sequence": "123456", "flags": "16", "flag_kind": "container"}
        | {"container_number": 6, "check_character": "3"},
    ),
    "002": ("=%62AB", {"group_code": "62", "r": "A", "e": "B"}),
    "003": ("=<S1128VAb", {"pdc": "S1128", "collection_type": "V", "division": "Ab"}),
    "004": ("=>018365", {"at": "2018-12-31T23:59", "time_given": False}),
    "005": ("&>0263281430", {"at": "2026-11-24T14:30", "time_given": True}),
    "006": ("=*024366", {"at": "2024-12-31", "time_given": False}),
    "007": ("&*0260010000", {"at": "2026-01-01T00:00", "time_given": True}),
    "008": ("=}026032", {"at": "2026-02-01", "time_given": False}),
    "009": ("&}0263652359", {"at": "2026-12-31T23:59", "time_given": True}),
    "017": ("=)1xy00Ab123", {"set_position": "1", "manufacturer": "xy", "catalogue": "00Ab123"}),
    "018": ("&)00001234rZ", {"raw": "00001234rZ", "lot": "1234rZ"}),
    "019": ("=;A99990000222244445555", {"fin": "A9999", "donor_number": "0000222244445555"}),
    "020": ("='A9999000A17", {"fin": "A9999", "raw": "000A17", "staff_code": "A17"}),
    "021": ("=-xy0000Ab12", {"manufacturer": "xy", "catalogue": "0000Ab12"}),
    "022": ("&-00000LOT7a", {"raw": "00000LOT7a", "lot": "LOT7a"}),
    "024": ("=#0198001205", {"raw": "0198001205"}),
    "025": ("&#0108PT00012x", {"aa": "01", "length": 8, "value": "PT00012x"}),
    "027": ('&"000111222333444555', {"raw": "000111222333444555"}),
    "028": ("=$A999926000170312", {"fin": "A9999", "year": "26", "shipment": "00017", "box": 3, "boxes": 12}),
    "031": ("=(1002202611231430", {"zone": "local", "kind": "collection", "at": "2026-11-23T14:30"}),
    "032": ("=,000001", {"division": "000001"}),
    "033": ("&+A9999AB0001", {"fin": "A9999", "facility_code": "AB0001"}),
    "034": ("=/A9997AB3456T0123", {"fin": "A9997", "facility_product_code": "AB3456", "pdc": "T0123"}),
    "035": ("&,1000000000000LOTa7b", {"raw": "000000000000LOTa7b", "lot": "LOTa7b"}),
    "036": ("&,2ABCDEFGHIJKLMNOPQR", {"raw": "ABCDEFGHIJKLMNOPQR"}),
    "038": (
        "&,4NO123456A999921123456100012340A020261124",
        {"country": "NO", "establishment": "123456", "donation": DIN, "product_system": "1"}
        | {"product_number": "0001234", "split": "0A0", "expiry": "2026-11-24"},
    ),
    "040": (
        "&/CHA999926A00001",
        {"coi": "CHA999926A00001", "fin": "A9999", "year": "26", "sequence": "A00001", "check_character": "P"},
    ),
}


def read(raw: str) -> IsbtElement:
    found = parse(raw, ON)
    assert isinstance(found, IsbtElement), found
    return found


def category(raw: str, settings: ScanSettings = ON) -> str:
    found = parse(raw, settings)
    assert isinstance(found, ScanRefusal), f"{raw!r} was read as {found}"
    return found.category.value


def test_every_structure_has_its_example() -> None:
    """The head of a compound message is shown by the messages below."""
    assert set(EXAMPLES) == {structure.number for structure in STRUCTURES} - {"023"}
    assert len(STRUCTURES) == len({structure.identifier for structure in STRUCTURES}) == 28


@pytest.mark.parametrize("number", EXAMPLES)
def test_a_structure_is_read_into_its_fields_and_printed_back(number: str) -> None:
    text, fields = EXAMPLES[number]
    found = read(text)
    assert (found.structure, dict(found.fields)) == (number, dict(fields))
    assert compose(number, found.fields, FACILITY) == text


@pytest.mark.parametrize("number", EXAMPLES)
def test_a_structure_one_character_short_or_long_is_refused(number: str) -> None:
    text, _ = EXAMPLES[number]
    assert category(text[:-1]) == "bad_length"
    assert category(text + "0") == "bad_length"


def test_a_product_code_of_tissue_has_a_pack_number() -> None:
    assert dict(read("=<T0123007").fields) == {"pdc": "T0123", "pack": "007"}
    assert compose("003", {"pdc": "T0123", "pack": "007"}, FACILITY) == "=<T0123007"


def test_an_expiry_in_world_time_says_so() -> None:
    assert read("=(2001202611231430").fields["at"] == "2026-11-23T14:30Z"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("=", "unknown_structure"),
        ("&", "unknown_structure"),
        ("=O99992112345600", "unknown_structure"),
        ("=a99992112345600", "unknown_structure"),
        ("&,3000000", "unknown_structure"),
        (f"={DIN}0", "bad_length"),
        ("=A9O992112345600", "bad_character"),
        ("=Aa9992112345600", "bad_character"),
        ("=A9999211234560o", "bad_character"),
        (f"={DIN}14", "reserved_value"),
        (f"={DIN}97", "reserved_value"),
        (f"={DIN}99", "reserved_value"),
        (f"={DIN}0A", "reserved_value"),
        (f"={DIN}62", "bad_check"),
        ("=<11128V00", "bad_character"),
        ("=<S1128VAA", "bad_character"),
        ("=<S1128Va0", "bad_character"),
        ("=<S1128V01", "reserved_value"),
        ("=<S1128VA9", "reserved_value"),
        ("=<T012300A", "bad_character"),
        ("=>126001", "bad_date"),
        ("=>026000", "bad_date"),
        ("=>02636a", "bad_character"),
        ("&>0260010060", "bad_date"),
        ("=(3001202611231430", "reserved_value"),
        ("=(2004202611231430", "reserved_value"),
        ("=(2101202611231430", "bad_character"),
        ("=(2001202602301430", "bad_date"),
        ("=(2001192611231430", "bad_date"),
        ("=(2001202611232460", "bad_date"),
        ("&,4NO123456A999921123456100012340A020261324", "bad_date"),
        ("&/CXA999926A00001", "bad_character"),
        ("&/CHA999926a00001", "bad_character"),
        ("&#0108PT-00012", "bad_character"),
        ("&#01xxPT00012", "bad_character"),
        ("&#0100", "bad_length"),
        ("&#01", "bad_length"),
        (" =A99992112345600", "unknown_prefix"),
        ("=A9999211234560é", "control_char"),
    ],
)
def test_what_is_no_structure_is_refused_in_its_category(raw: str, why: str) -> None:
    assert category(raw) == why


COMPOUND = "=+04000=A99992112345600=<S11281A0&>0263281430&/CHA999926A00001"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("=+", "bad_length"),
        ("=+00000", "bad_length"),
        ("=+0A000=%6200", "bad_character"),
        ("=+02000=%6200", "bad_count"),
        ("=+02000=%6200=>026001X", "bad_length"),
        ("=+02000=%6200=O99992112345600", "unknown_structure"),
        ("=+02000=%6200=+01000=>026001", "not_allowed_in_compound"),
        (f"=+02000={DIN}00=A99992112345700", "ambiguous"),
        ("=+02000=<S11281A0=<S11291A0", "ambiguous"),
        ("=+02000&/CHA999926A00001&/CHA999926A00002", "ambiguous"),
        ("=+03000=<S1128199=,000001=,000002", "ambiguous"),
        (f"=+02000={DIN}00=<S1128199", "missing_companion"),
        (f"=+02000={DIN}00=,000001", "missing_companion"),
        ("=+02000=<S11281A0=,000001", "missing_companion"),
        (COMPOUND[:-1], "bad_length"),
        (COMPOUND.replace("281430", "282430"), "bad_date"),
        (COMPOUND.replace("45600=", "45662="), "bad_check"),
    ],
)
def test_one_failure_refuses_a_whole_message(raw: str, why: str) -> None:
    assert category(raw) == why


def test_a_message_keeps_its_identity_and_a_patient_number_its_own_length() -> None:
    found = parse("=+03017&#0108PT00012x=<S1128199=,000001", ON)
    assert isinstance(found, IsbtMessage)
    assert (found.message_id, [one.structure for one in found.elements]) == ("017", ["025", "003", "032"])
    assert compose_message(found.elements, FACILITY, "017") == "=+03017&#0108PT00012x=<S1128199=,000001"


def test_two_neighbouring_symbols_read_as_one_are_exactly_two_structures() -> None:
    pair = f"={DIN}00=<S1128199"
    found = parse(f"]C4{pair}\r", ON)
    assert isinstance(found, IsbtMessage)
    assert (found.message_id, [one.needs for one in found.elements]) == (None, [None, "032"])
    assert category(pair) == "bad_length"
    assert category(f"]C4={DIN}00") == "bad_length"
    assert category(f"]C4{pair}=%6200") == "bad_length"
    assert category(f"]C4{COMPOUND}") == "not_allowed_in_compound"
    assert category(f"]C4={DIN}00=A99992112345700") == "ambiguous"
    assert category(f"]C4={DIN}00={DIN}00") == "doubled_scan"
    assert category(f"]C4{pair}", ScanSettings()) == "adapter_off"


@pytest.mark.parametrize("raw", [COMPOUND, f"={DIN}00", "=%6200", "&/CHA999926A00001"])
def test_one_code_delivered_twice_is_never_read(raw: str) -> None:
    assert category(raw * 2) == "doubled_scan"


@pytest.mark.parametrize(
    ("flags", "kind", "container"),
    [("00", "none", None), ("05", "second_label", None), ("08", "record", None), ("11", "match_with_unit", None)]
    + [(f"{number:02d}", "container", number) for number in (1, 2, 3, 4)]
    + [(f"{number:02d}", "container", number - 10) for number in (15, 16, 17, 18, 19)]
    + [("06", "pilot_tube", None), ("07", "test_tube", None), ("09", "nat_sample", None)]
    + [("10", "bacterial_sample", None), ("12", "partial_label", None), ("13", "attached_label", None)]
    + [(f"{number}", "local", None) for number in range(20, 60)]
    + [("63", "check", None)],
)
def test_flags_say_what_the_label_is_on(flags: str, kind: str, container: int | None) -> None:
    fields = read(f"={DIN}{flags}").fields
    assert (fields["flag_kind"], fields.get("container_number")) == (kind, container)


@pytest.mark.parametrize("flags", [f"{number:02d}" for number in range(100)])
def test_every_pair_of_flags_is_read_or_reserved_or_a_wrong_check(flags: str) -> None:
    found = parse(f"={DIN}{flags}", ON)
    if flags in ("14", "97", "98", "99"):
        assert isinstance(found, ScanRefusal)
        assert found.category.value == "reserved_value"
    elif "60" <= flags <= "96" and int(flags) - 60 != check_value(DIN):
        assert isinstance(found, ScanRefusal)
        assert found.category.value == "bad_check"
    else:
        assert isinstance(found, IsbtElement)


BAGS = {"00", "05", "12", "63", "21"} | {f"{number:02d}" for number in (1, 2, 3, 4, 15, 16, 17, 18, 19)}


@pytest.mark.parametrize("flags", sorted(BAGS | {"06", "07", "08", "09", "10", "11", "13", "20", "59"}))
def test_flags_of_tubes_records_and_unknown_marks_are_no_bag(flags: str) -> None:
    why = no_bag(read(f"={DIN}{flags}"), FACILITY, in_laboratory=False)
    assert (why is None) == (flags in BAGS)
    assert why is None or why.endswith((".", "bag."))


def test_a_tie_tag_counts_in_the_laboratory_only_and_a_local_mark_at_its_own_facility() -> None:
    assert no_bag(read(f"={DIN}13"), FACILITY, in_laboratory=True) is None
    assert no_bag(read("=A99982112345621"), FACILITY, in_laboratory=True) is not None


def test_a_number_is_named_with_what_it_stands_on() -> None:
    assert named(read(f"={DIN}07")) == "Donation number A9999 21 123456 3, a tube of it"
    assert named(read(f"={DIN}16")) == "Donation number A9999 21 123456 3, container 6"
    assert named(read(f"={DIN}00")) == "Donation number A9999 21 123456 3"
    assert named(read("&/CHA999926A00001")) == "Chain of identity CHA9999 26 A00001 P"
    assert named(read("=<S1128V00")) == "Product code S1128"
    assert named(read("=%6200")) == "ISBT 128 code of structure 002"


def test_a_message_is_named_by_its_donation_number() -> None:
    found = parse(COMPOUND, ON)
    assert isinstance(found, IsbtMessage)
    assert named(found) == "Donation number A9999 21 123456 3"
    assert element_of(found, "009") is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (f"={DIN}07", "A9999 21 123456 3"),
        ("&/CHA999926A00001", "CHA9999 26 A00001 P"),
        ("=;A99990000222244445555", f"A9999 0000222244445555 {check_character('A99990000222244445555')}"),
        ('&"000111222333444555', f"000111222333444555 {check_character('000111222333444555')}"),
    ],
)
def test_the_text_under_a_code_shows_its_check_character(raw: str, text: str) -> None:
    assert text_with_check(read(raw)) == text


def test_the_text_of_any_other_structure_has_no_check_character() -> None:
    with pytest.raises(Invalid, match="no check character"):
        text_with_check(read("=%6200"))


def test_how_the_check_of_a_chain_of_identity_is_reckoned_is_a_setting() -> None:
    without = AdapterSettings(own_facility="A9999", coi_check_with_prefix=False)
    found = parse("&/CHA999926A00001", ScanSettings(isbt128=without))
    assert isinstance(found, IsbtElement)
    assert found.fields["check_character"] == check_character("A999926A00001") != "P"


def test_a_typed_number_needs_its_check_character_and_says_nothing_of_flags() -> None:
    found = parse("a9999 21 123456 3", TYPED)
    assert isinstance(found, IsbtElement)
    assert (found.fields["din"], found.fields.get("flag_kind")) == (DIN, None)
    assert named(found) == "Donation number A9999 21 123456 3"
    assert no_bag(found, FACILITY, in_laboratory=True) is not None
    identity = parse("CHA9999 26 A00001 P", TYPED)
    assert isinstance(identity, IsbtElement)
    assert identity.fields["coi"] == "CHA999926A00001"
    assert category("A9999 21 123456 4", TYPED) == "bad_check"
    assert category("CHA9999 26 A00001 Q", TYPED) == "bad_check"
    assert category("A9999 21 123456", TYPED) == "unknown_prefix"
    assert category("A9999 21 123456 3") == "unknown_prefix"


def test_a_demonstration_uses_no_facility_number_but_those_reserved_for_validation() -> None:
    demo = AdapterSettings(own_facility="A9999", is_demo=True)
    assert not_for_demo(read(f"={DIN}00"), demo) is None
    assert not_for_demo(read("=%6200"), demo) is None
    message = parse("=+02000=A99992112345600=/G1234AB3456T0123", ON)
    assert isinstance(message, IsbtMessage)
    assert "G1234" in (not_for_demo(message, demo) or "")
    assert not_for_demo(message, FACILITY) is None


def test_a_facility_gives_flags_their_meaning_one_to_a_line() -> None:
    assert dict(local_flags(" 21 washed\n\n20  second tray \n")) == {"20": "second tray", "21": "washed"}
    assert dict(local_flags("")) == {}


@pytest.mark.parametrize("text", ["19 too low", "60 a check", "21", "washed 21", "21 " + "x" * 61, "21 a\n21 b"])
def test_a_flag_outside_its_range_or_with_two_meanings_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        local_flags(text)


@pytest.mark.requirement("REQ-113")
@pytest.mark.parametrize(
    ("raw", "code", "sentence"),
    [
        (f"={DIN}07", "wrong_kind", "Donation number A9999 21 123456 3, a tube of it, is no bag. Scan the label"),
        (f"={DIN}13", "wrong_kind", "a tie tag, can hang on the wrong bag"),
        (f"={DIN}20", "wrong_kind", "carries a mark this site has no meaning for"),
        (f"={DIN}00", "wrong_kind", "Donation number A9999 21 123456 3 is the wrong code here. Scan our own label"),
        ("=<S1128V00", "wrong_kind", "Product code S1128 is the wrong code here"),
        (COMPOUND, "wrong_kind", "is the wrong code here. Scan our own label of the product bag."),
        ("=G12341765432170", "not_validation_fin", "G1234"),
    ],
)
def test_a_step_that_asks_for_a_bag_refuses_every_code_of_the_standard_by_name(
    raw: str, code: str, sentence: str
) -> None:
    demo = ScanSettings(isbt128=AdapterSettings(own_facility="A9999", is_demo=True))
    with pytest.raises(Mismatch, match=re.escape(sentence)) as caught:
        expect(raw, Kind.BAG, step="issue", settings=demo)
    assert caught.value.code == code
    assert caught.value.near_miss is not None
    assert caught.value.near_miss.kind == code


def test_a_step_that_asks_for_a_sample_is_not_told_of_bags() -> None:
    with pytest.raises(Mismatch, match="Scan our own label of the sample"):
        expect(f"={DIN}07", Kind.SAMPLE, step="start test", settings=ON)


facilities = st.from_regex(r"A999[0-9]", fullmatch=True)
years = st.from_regex(r"[0-9]{2}", fullmatch=True)
sixes = st.from_regex(r"[0-9]{6}", fullmatch=True)
codes_of_six = st.from_regex(r"[0-9A-Z]{6}", fullmatch=True)
flags = st.sampled_from([f"{number:02d}" for number in range(60) if number != 14])


@given(facilities, years, sixes, flags, st.booleans())
def test_a_donation_number_composed_reads_back_as_itself(
    fin: str, year: str, sequence: str, flag: str, with_check: bool
) -> None:
    din = fin + year + sequence
    shown = f"{60 + check_value(din)}" if with_check else flag
    fields: dict[str, Value] = {"fin": fin, "year": year, "sequence": sequence, "flags": shown}
    text = compose("001", fields, FACILITY)
    assert text == f"={din}{shown}"
    assert read(text).fields["din"] == din


@given(facilities, years, codes_of_six)
def test_a_chain_of_identity_composed_reads_back_as_itself(fin: str, year: str, sequence: str) -> None:
    text = compose("040", {"fin": fin, "year": year, "sequence": sequence}, FACILITY)
    assert read(text).fields["coi"] == f"CH{fin}{year}{sequence}"


@given(st.datetimes(min_value=datetime.fromisoformat("2000-01-01"), max_value=datetime.fromisoformat("2099-12-31")))
def test_a_moment_composed_reads_back_as_itself(moment: datetime) -> None:
    at = f"{moment:%Y-%m-%dT%H:%M}"
    for number in ("005", "007", "009"):
        assert read(compose(number, {"at": at}, FACILITY)).fields["at"] == at
    flexible: dict[str, Value] = {"zone": "utc", "kind": "expiry", "at": f"{at}Z"}
    assert dict(read(compose("031", flexible, FACILITY)).fields) == flexible


@given(st.from_regex(r"[=&][!-~]{0,40}", fullmatch=True))
def test_any_text_is_refused_or_prints_back_as_itself(text: str) -> None:
    found = parse(text, ON)
    if isinstance(found, IsbtElement):
        assert compose(found.structure, found.fields, FACILITY) == text
    elif isinstance(found, IsbtMessage):
        assert compose_message(found.elements, FACILITY, str(found.message_id)) == text
    else:
        assert isinstance(found, ScanRefusal)


@pytest.mark.parametrize(
    ("number", "fields"),
    [
        ("001", {"fin": "A9999", "year": "21", "sequence": "12345", "flags": "00"}),
        ("001", {"fin": "A9999", "year": "21", "sequence": "123456"}),
        ("001", {"fin": "A9999", "year": "21", "sequence": "123456", "flags": "62"}),
        ("001", {"fin": "A9999", "year": "21", "sequence": "123456", "flags": "00", "din": "A999921123457"}),
        ("004", {"at": "2026-11-24T14:30"}),
        ("005", {"at": "1999-11-24T14:30"}),
        ("005", {"at": "tomorrow"}),
        ("028", {"fin": "A9999", "year": "26", "shipment": "00017", "box": 103, "boxes": 12}),
        ("031", {"zone": "ward", "kind": "expiry", "at": "2026-11-24T14:30"}),
        ("031", {"zone": "utc", "kind": "expiry", "at": "2026-11-24T14:30"}),
        ("023", {"count": 1, "message_id": "000"}),
        ("099", {}),
    ],
)
def test_what_would_not_read_back_is_not_printed(number: str, fields: dict[str, Value]) -> None:
    with pytest.raises(Invalid, match="cannot be printed"):
        compose(number, fields, FACILITY)


def test_a_message_that_would_be_refused_is_not_printed() -> None:
    with pytest.raises(Invalid, match="belong together"):
        compose_message([read(f"={DIN}00"), read("=<S1128199")], FACILITY)
