"""What stands on each kind of label, before anybody draws it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.errors import Invalid
from app.domain.identifiers import Kind
from app.domain.labels.content import (
    Print,
    StickerFacts,
)
from app.domain.labels.content.bags import shown_cells
from app.domain.labels.content.parts import shown_date, shown_moment, shown_zone
from app.domain.labels.spec import (
    LEAST_IDENTITY_MM,
    LEAST_STATEMENT_MM,
    LEAST_TEXT_MM,
    Code,
    Expected,
    LabelKind,
    LabelSpec,
    Symbology,
    Text,
)
from app.domain.labels.statements import Stage, Standing, statements_due
from app.domain.labels.template import fill
from app.labels.shipped import shipped
from tests.labels.examples import (
    EXPIRES,
    HALVORSEN,
    bag_facts,
    box_facts,
    code,
    collection_facts,
    every_label,
    group_facts,
    group_labels,
    required,
    rules,
    statement_facts,
    vessel_facts,
)

EVERY = [
    pytest.param(spec, expected, id=f"{name}, {'longest' if is_long else 'shortest'}, {'demo' if is_demo else 'real'}")
    for is_long in (False, True)
    for is_demo in (False, True)
    for name, (spec, expected) in every_label(is_long=is_long, is_demo=is_demo).items()
]
IDENTITY = [case for case in EVERY if isinstance(case.values[0], LabelSpec) and case.values[0].kind.is_identity]


def texts(spec: LabelSpec) -> dict[str, str]:
    return {item.name: item.text for item in spec.items if isinstance(item, Text)}


@pytest.mark.parametrize(("spec", "expected"), IDENTITY)
def test_every_label_carries_its_code_as_square_symbol_and_as_text(spec: LabelSpec, expected: Expected) -> None:
    squares = {
        item.payload for item in spec.items if isinstance(item, Code) and item.symbology is Symbology.DATA_MATRIX
    }
    assert squares == {f"{spec.code}{spec.print_number:02d}"}
    assert texts(spec)["code"].replace("-", "").replace(" ", "") == f"{spec.code}{spec.print_number:02d}"


@pytest.mark.parametrize(("spec", "expected"), EVERY)
def test_a_linear_symbol_carries_the_code_without_print_number(spec: LabelSpec, expected: Expected) -> None:
    linear = [item.payload for item in spec.items if isinstance(item, Code) and item.symbology is Symbology.CODE_128]
    assert linear in ([], [spec.code])


@pytest.mark.parametrize(("spec", "expected"), EVERY)
def test_every_label_names_its_template(spec: LabelSpec, expected: Expected) -> None:
    assert texts(spec)["template"] == f"{spec.kind.words} {spec.template_version}"


@pytest.mark.parametrize(("spec", "expected"), EVERY)
def test_no_text_may_go_below_its_least_size(spec: LabelSpec, expected: Expected) -> None:
    for item in spec.items:
        if isinstance(item, Text):
            assert item.size_mm >= item.least_size_mm >= LEAST_TEXT_MM
            if item.name.startswith("LS-") or item.name in ("expiry", "demo band"):
                assert item.least_size_mm >= LEAST_STATEMENT_MM
            if item.name in ("recipient name", "code") and spec.kind.value in ("bag", "partial", "wristband"):
                assert item.least_size_mm >= LEAST_IDENTITY_MM


@pytest.mark.parametrize(("spec", "expected"), EVERY)
def test_every_required_statement_stands_on_the_label(spec: LabelSpec, expected: Expected) -> None:
    assert set(expected.statements) <= set(texts(spec).values())


@pytest.mark.parametrize("is_demo", [True, False])
def test_demo_stands_on_every_label_of_demo_data_and_on_no_other(is_demo: bool) -> None:
    for spec, _ in every_label(is_long=False, is_demo=is_demo).values():
        assert ("DEMO - NOT FOR HUMAN USE" in texts(spec).values()) is is_demo


def test_a_bag_names_product_patient_lot_and_expiry() -> None:
    found = texts(fill(shipped(LabelKind.BAG), bag_facts(), required(Stage.DISTRIBUTION).statements))
    assert found["product name"] == "LAK cells, autologous"
    assert found["recipient name"] == "HALVORSEN, Ingrid"
    assert found["hospital number"] == "Hospital No. 4417 0926"
    assert found["birth date"] == "Born 14 MAR 1951"
    assert found["parent code"].startswith("Lot PD-D7M-26-")
    assert found["part"] == "Bag 1 of 3"
    assert (found["caption of expiry"], found["expiry"]) == ("Expires, local time (EST)", "23 NOV 2026 16:30")
    assert found["Viable cells"] == "2.08 × 10¹⁰"


def test_a_partial_label_keeps_identity_and_leaves_the_rest() -> None:
    found = texts(fill(shipped(LabelKind.PARTIAL_BAG), bag_facts(is_demo=False)))
    assert set(found) == {"recipient name", "hospital number", "part", "product name", "code", "template"}


def test_collected_cells_are_not_for_infusion() -> None:
    spec = fill(shipped(LabelKind.COLLECTION_BAG), collection_facts(), required(Stage.END_COLLECTION).statements)
    assert texts(spec)["purpose"] == "CELLS FOR MANUFACTURE, NOT FOR INFUSION"


def test_a_vessel_says_which_member_of_its_group_it_is() -> None:
    spec = fill(shipped(LabelKind.VESSEL), vessel_facts(), required(Stage.IN_PROCESS).statements)
    assert texts(spec)["member"] == "007 of 134"
    assert texts(spec)["interleukin-2"] == "IL-2 9,000 IU/mL"


def test_a_sample_and_a_plate_name_no_patient() -> None:
    labels = every_label(is_long=False, is_demo=True)
    for name in ("sample", "plate", "reagent", "fixture"):
        assert not [text for text in texts(labels[name][0]).values() if "HALVORSEN" in text or "4417" in text]


def test_a_wristband_carries_its_symbol_three_times() -> None:
    spec, _ = every_label(is_long=False, is_demo=True)["wristband"]
    assert len([item for item in spec.items if isinstance(item, Code)]) == 3


@pytest.mark.requirement("REQ-075")
def test_one_instant_is_printed_in_the_zone_it_is_given_in() -> None:
    there = EXPIRES.astimezone(ZoneInfo("Europe/Vienna"))
    found = texts(fill(shipped(LabelKind.BAG), replace(bag_facts(), expires_at=there), ()))
    assert there == EXPIRES
    assert (found["caption of expiry"], found["expiry"]) == ("Expires, local time (CET)", "23 NOV 2026 22:30")


def test_a_time_without_zone_makes_no_label() -> None:
    with pytest.raises(Invalid, match="zone"):
        fill(shipped(LabelKind.BAG), replace(bag_facts(), expires_at=EXPIRES.replace(tzinfo=None)), ())


def test_a_claim_of_effect_makes_no_label() -> None:
    with pytest.raises(Invalid, match=r"product name says .Effective"):
        fill(shipped(LabelKind.BAG), replace(bag_facts(), product_name="Effective LAK cells"), ())


def test_a_patient_may_be_named_like_a_claim() -> None:
    facts = bag_facts()
    named = replace(facts, recipient=replace(facts.recipient, name="SAFE, Anna"))
    assert texts(fill(shipped(LabelKind.BAG), named, ()))["recipient name"] == "SAFE, Anna"


def test_statements_without_room_make_no_label() -> None:
    agents = tuple(f"agent {number}" for number in range(12))
    facts = replace(statement_facts(Stage.DISTRIBUTION, is_worst=True), reactive_agents=agents)
    with pytest.raises(Invalid, match=r"do not fit the label at 2.4 mm"):
        fill(shipped(LabelKind.BAG), bag_facts(), statements_due(rules(is_worst=True).statements, facts))


@pytest.mark.parametrize(
    ("cells", "text"),
    [(20_800_000_000, "2.08 × 10¹⁰"), (1_500_000_000, "1.50 × 10⁹"), (999_999_999, "1.00 × 10⁹"), (0, "0.00 × 10⁰")],
)
def test_cells_are_shown_with_three_digits(cells: int, text: str) -> None:
    assert shown_cells(cells) == text


def test_dates_have_their_month_in_letters() -> None:
    at = datetime(2026, 3, 4, 5, 6, tzinfo=ZoneInfo("UTC"))
    assert (shown_date(at), shown_moment(at), shown_zone(at)) == ("04 MAR 2026", "04 MAR 2026 05:06", "UTC")


@pytest.mark.requirement("REQ-137")
def test_a_group_of_vessels_has_a_head_and_one_label_for_each_in_order() -> None:
    head, *members = group_labels(group_facts(134), ())
    assert len({spec.code for spec in members}) == len(members) == 134
    assert [texts(spec)["member"] for spec in members] == [f"{number:03d} of 134" for number in range(1, 135)]
    assert (texts(head)["range"], texts(head)["count"]) == ("Vessels 001 to 134", "134 of 134 labels")


def test_part_of_a_group_keeps_its_numbers() -> None:
    facts = group_facts(134)
    head, *members = group_labels(replace(facts, first=7, vessels=facts.vessels[6:12]), ())
    assert [texts(spec)["member"] for spec in members] == [f"{number:03d} of 134" for number in range(7, 13)]
    assert (texts(head)["range"], texts(head)["count"]) == ("Vessels 007 to 012", "6 of 134 labels")


def test_the_head_of_a_group_holds_nothing_to_scan_and_no_patient() -> None:
    head = group_labels(group_facts(2), ())[0]
    assert not [item for item in head.items if isinstance(item, Code)]
    assert not {"HALVORSEN, Ingrid", "4417 0926"} & set(" ".join(texts(head).values()).split(", "))
    assert texts(head)["warning"] == "NOT A VESSEL LABEL"


@pytest.mark.parametrize(
    "change", [{"vessels": ()}, {"first": 0}, {"first": 2}, {"vessels": (group_facts(1).vessels[0],) * 2}]
)
def test_what_is_no_run_of_the_group_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        group_labels(replace(group_facts(2), **change), ())
    assert caught.value.code == "not_a_run_of_vessels"


def test_a_chart_sticker_says_that_it_is_no_wristband_and_never_wears_the_code_of_one() -> None:
    sticker = every_label(is_long=False, is_demo=False)["chart sticker"][0]
    assert texts(sticker)["warning"] == "NOT A WRISTBAND"
    assert sticker.code.startswith("PR")
    band = Print(code(Kind.WRISTBAND, 417), 1, "site", is_demo=False)
    with pytest.raises(Invalid) as caught:
        fill(shipped(LabelKind.CHART_STICKER), StickerFacts(band, HALVORSEN))
    assert caught.value.code == "sticker_of_wristband"


def test_a_shipping_box_names_no_patient() -> None:
    said = " ".join(texts(fill(shipped(LabelKind.SHIPPING_BOX), box_facts(), ())).values())
    assert "1 bag" in said
    assert not [word for word in ("HALVORSEN", "Ingrid", "4417 0926") if word in said]


def test_a_shipping_box_of_cells_for_research_says_so() -> None:
    facts = replace(statement_facts(Stage.SHIPPING_BOX, is_demo=False), standing=Standing.RESEARCH)
    due = statements_due(rules().statements, facts)
    assert {one.text for one in due} <= set(
        texts(fill(shipped(LabelKind.SHIPPING_BOX), box_facts(is_demo=False), due)).values()
    )
    assert "FOR RESEARCH - NOT FOR HUMAN USE" in {one.text for one in due}
