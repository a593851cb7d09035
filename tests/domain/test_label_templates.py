"""A layout is a value: what it shows is filled in, what it cannot show is refused by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from app.domain.errors import Invalid
from app.domain.labels.spec import LabelKind, Text
from app.domain.labels.statements import Placement, Statement
from app.domain.labels.template import Template, Words, fill
from app.labels.shipped import TEMPLATE, shipped
from tests.labels.examples import bag_facts

KINDS = [kind for kind in LabelKind if kind is not LabelKind.TRIAL]


def said(template: Template, name: str, words: str) -> Template:
    """The layout with other words in one text."""
    items = tuple(
        replace(item, words=words) if isinstance(item, Words) and item.name == name else item for item in template.items
    )
    return replace(template, items=items)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_shipped_in_version_1_and_reads_back_as_it_is_written(kind: LabelKind) -> None:
    template = shipped(kind)
    assert (template.kind, template.version) == (kind, 1)
    assert TEMPLATE.validate_json(TEMPLATE.dump_json(template)) == template
    names = [item.name for item in template.items]
    assert len(names) == len(set(names))


def test_a_text_shows_fields_among_words_of_its_own() -> None:
    spec = fill(said(shipped(LabelKind.BAG), "note", "{part} of {product name}"), bag_facts())
    texts = {item.name: item.text for item in spec.items if isinstance(item, Text)}
    assert texts["note"] == "Bag 1 of 3 of LAK cells, autologous"


def test_a_field_that_the_kind_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="The note of the bag label shows “member”, which that kind does not have"):
        fill(said(shipped(LabelKind.BAG), "note", "{member}"), bag_facts())


def test_words_of_a_layout_may_not_claim_an_effect_either() -> None:
    with pytest.raises(Invalid, match="The note says “Safe”"):
        fill(said(shipped(LabelKind.BAG), "note", "Safe cells of {recipient name}"), bag_facts())


def test_no_statement_may_claim_an_effect() -> None:
    claim = Statement("LS-01", "Effective cells", Placement.AFFIXED)
    with pytest.raises(Invalid, match="The LS-01 says “Effective”"):
        fill(shipped(LabelKind.BAG), bag_facts(), (claim,))


def test_the_version_stands_on_the_label_and_in_its_description() -> None:
    spec = fill(replace(shipped(LabelKind.BAG), version=7), bag_facts())
    assert spec.template_version == 7
    assert "bag 7" in [item.text for item in spec.items if isinstance(item, Text)]


def test_an_item_without_a_place_on_real_labels_is_not_on_them() -> None:
    drawn = {is_demo: fill(shipped(LabelKind.BAG), bag_facts(is_demo=is_demo)) for is_demo in (True, False)}
    assert {item.name for item in drawn[True].items} - {item.name for item in drawn[False].items} == {"demo band"}


def test_a_property_that_no_layout_has_is_refused() -> None:
    body = TEMPLATE.dump_json(shipped(LabelKind.SAMPLE)).replace(b'"most_lines"', b'"most_rows"')
    with pytest.raises(ValidationError, match="most_rows"):
        TEMPLATE.validate_json(body)
