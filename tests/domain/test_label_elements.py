"""Which elements stand on a label at which stage: the matrix as shipped, and that a label without one is stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Invalid, Mismatch
from app.domain.labels.elements import ITEMS, Element, RequiredElement
from app.domain.labels.rules import requirements
from app.domain.labels.spec import Expected, LabelKind, LabelSpec, Text
from app.domain.labels.statements import Placement, Stage
from app.domain.labels.template import fill
from app.label_rules.versions.shipped import shipped_rules
from app.labels.press import pdf_of
from app.labels.shipped import shipped
from tests.labels.examples import bag_facts, every_label, required, statement_facts

MATRIX = """
product_id           AF AF AF AF AF -
proper_name          AF AF AF AF AF -
recipient            AF AF AF AF AF -
collection_end       -  AF -  AC AC -
volume               -  AF -  AC AC -
additives            -  AC -  AC AC -
collection_facility  -  AC -  AC AC -
donor                -  AF -  AT AT -
storage              -  AT -  AT AT -
blood_group          -  -  -  AC AC -
red_cells            -  -  -  AC AC -
processing_facility  -  -  -  AF AF -
expiry               -  -  -  AF AF -
"""
LABELS = every_label(is_long=True, is_demo=True) | {
    "partial": (fill(shipped(LabelKind.PARTIAL_BAG), bag_facts()), Expected("", 1, required(Stage.PARTIAL)))
}
STAGED = [name for name, (_, expected) in LABELS.items() if expected.required is not None]


@pytest.mark.requirement("REQ-056")
def test_the_shipped_matrix_is_that_of_the_rules() -> None:
    wanted = {
        Element(name): {stage: Placement(place) for stage, place in zip(Stage, places, strict=True) if place != "-"}
        for name, *places in (line.split() for line in MATRIX.strip().splitlines())
    }
    assert {rule.element: rule.placements for rule in shipped_rules().elements} == wanted
    assert {rule.element for rule in shipped_rules().elements if rule.is_conditional} == {
        Element.RED_CELLS,
        Element.EXPIRY,
    }


@pytest.mark.parametrize("name", STAGED)
def test_every_label_shows_the_elements_of_its_stage(name: str) -> None:
    spec, expected = LABELS[name]
    assert expected.missing_from(spec) == ()


def without(spec: LabelSpec, names: frozenset[str]) -> LabelSpec:
    return replace(spec, items=tuple(item for item in spec.items if item.name not in names))


@pytest.mark.requirement("REQ-056")
@pytest.mark.parametrize("name", STAGED)
def test_a_label_that_loses_an_element_is_named_with_its_stage(name: str) -> None:
    spec, expected = LABELS[name]
    assert expected.required is not None
    for one in expected.required.elements:
        if one.is_on_label:
            for part in ITEMS[one.element]:
                said = " ".join(expected.missing_from(without(spec, part)))
                assert one.element.words in said
                assert expected.required.stage.words in said


@pytest.mark.requirement("REQ-056")
def test_no_byte_of_a_label_without_its_expiry_leaves() -> None:
    spec, expected = LABELS["bag"]
    with pytest.raises(Mismatch, match=r"lacks the expiry date and time \(AF\), which distribution needs"):
        pdf_of([(without(spec, frozenset({"expiry"})), expected)])


def test_an_empty_text_shows_nothing() -> None:
    spec, expected = LABELS["bag"]
    blank = tuple(
        replace(item, text=" ") if isinstance(item, Text) and item.name == "storage" else item for item in spec.items
    )
    assert ["storage temperature" in one for one in expected.missing_from(replace(spec, items=blank))] == [True]


def test_what_only_accompanies_is_listed_unless_the_label_shows_it_anyway() -> None:
    spec, expected = LABELS["bag"]
    assert expected.required is not None
    assert expected.required.going_with(spec.shown) == (
        "end of collection with zone",
        "anticoagulant and additives",
        "collection facility",
        "ABO and Rh of the donor",
        "red-cell compatibility, if it applies",
    )


def test_an_expiry_is_asked_for_only_where_there_is_one() -> None:
    facts = statement_facts(Stage.DISTRIBUTION)
    for has_expiry in (True, False):
        found = requirements(shipped_rules(), replace(facts, has_expiry=has_expiry)).elements
        assert (RequiredElement(Element.EXPIRY, Placement.AFFIXED, is_conditional=True) in found) is has_expiry


def test_an_element_no_label_draws_stops_every_label_of_the_stage() -> None:
    rules = shipped_rules()
    blood = next(rule for rule in rules.elements if rule.element is Element.RED_CELLS)
    strict = rules.with_element(replace(blood, placements={Stage.DISTRIBUTION: Placement.AFFIXED}))
    spec, _ = LABELS["bag"]
    asked = Expected("", 1, requirements(strict, statement_facts(Stage.DISTRIBUTION)))
    assert asked.missing_from(spec) == ("the red-cell compatibility (AF), which distribution needs",)


@pytest.mark.parametrize("element", [Element.PRODUCT_ID, Element.RECIPIENT])
def test_whose_cells_they_are_stays_affixed(element: Element) -> None:
    rules = shipped_rules()
    rule = next(one for one in rules.elements if one.element is element)
    weaker = {stage: place for stage, place in rule.placements.items() if stage is not Stage.IN_PROCESS}
    for changed in (replace(rule, placements=weaker), replace(rule, is_conditional=True)):
        with pytest.raises(Invalid, match="stays affixed"):
            rules.with_element(changed)
