"""Recipes as documents: what is read, what is refused in which words, what changed, what a step permits."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import Invalid, NotFound
from app.domain.limits import Grade, Range
from app.domain.recipes import (
    RecipeDocument,
    RecipeStepKind,
    canonical_text,
    differences,
    document_sha256,
    exported,
    limits_of,
    open_questions,
    plain,
    read_document,
    require_complete,
    require_sound,
    unsound,
    what_holds,
)
from app.recipes.seeds import SEEDS, seed

ROLLER = seed("LAK-ROLLER")
SEED, HARVEST, FORMULATE = 2, 3, 4
"""Where these steps stand in LAK-ROLLER."""


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """LAK-ROLLER as JSON with one value put in place of another; `...` takes it out."""
    whole: dict[str, Any] = json.loads(json.dumps(plain(ROLLER)))
    inner: Any = whole
    for key in path[:-1]:
        inner = inner[key]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return whole


def faults(whole: object) -> tuple[str, ...]:
    """What is wrong with a file, unreadable or unsound."""
    document, unreadable = read_document(json.dumps(whole))
    return unreadable if document is None else unsound(document)


def parameter(step: int, key: str) -> int:
    return [each.key for each in ROLLER.steps[step].parameters].index(key)


DENSITY = ("steps", SEED, "parameters", parameter(SEED, "seeding_density_per_ml"))
IL2 = ("steps", SEED, "parameters", parameter(SEED, "il2_iu_per_ml"))
WINDOW = ("steps", HARVEST, "window")
EXPIRY = ("steps", FORMULATE, "parameters", parameter(FORMULATE, "expiry_after_formulation_h"))
EXPIRY_IN_TWO_WEEKS = {
    "key": "expiry_after_formulation_h", "label": "Expiry after formulation", "unit": "h", "basis": "S", "default": 336,
}  # fmt: skip


@pytest.mark.parametrize("name", SEEDS)
def test_each_seed_is_sound_and_comes_back_from_its_file(name: str) -> None:
    document = seed(name)
    assert document.name == name
    assert unsound(document) == ()
    assert read_document(exported(document)) == (document, ())
    assert read_document(canonical_text(document)) == (document, ())
    assert document.sources
    assert differences(document, document) == ()


@pytest.mark.parametrize("name", SEEDS)
def test_no_seed_can_be_proposed_before_the_site_decided_what_is_left_to_it(name: str) -> None:
    assert seed(name).left_to_the_site
    assert any("has no value yet" in each for each in open_questions(seed(name)))
    with pytest.raises(Invalid) as refused:
        require_complete(seed(name))
    assert refused.value.code == "recipe_incomplete"


def test_what_a_culture_reads_is_decided_whether_the_recipe_calls_it_needed_or_not() -> None:
    unneeded = EXPIRY_IN_TWO_WEEKS | {"default": None, "is_required": False}
    document, _none = read_document(json.dumps(changed(*EXPIRY, to=unneeded)))
    assert document is not None
    assert "Step 5 Formulate, Expiry after formulation has no value yet. Set its default." in open_questions(document)


SLIPS = [
    (changed(*DENSITY, "unit", to="cells per spoon"), "Seeding density: the unit cells per spoon is unknown"),
    (changed(*DENSITY, "unit", to="IU/mL"), "Step 3 Seed, Seeding density is entered in viable cells/mL, not in IU/mL"),
    (changed(*DENSITY, "default", to="6e6"), "the default 6,000,000 lies outside its warn range 500,000 to 5 × 10^6"),
    (changed(*DENSITY, "default", to="2e8"), "lies outside its refuse range"),
    (changed(*DENSITY, "warn", to={"low": "5e6", "high": "5e5"}), "the warn range ends before it begins"),
    (changed(*DENSITY, "warn", to={}), "the warn range has neither end"),
    (changed(*DENSITY, "warn", to={"low": "1", "high": "5e6"}), "range 1 to 5 × 10^6 reaches beyond the refuse range"),
    (changed(*DENSITY, "refuse", to={"low": "1", "high": "1e9"}), "nothing outside 10,000 to 1 × 10^8 is possible"),
    (changed(*DENSITY, "refuse", to={"low": "1e4"}), "Seeding density: nothing outside 10,000"),
    (changed(*DENSITY, "refuse", to={"low": "1e4", "high": "1e7", "is_below_high": True}), "leaves out its own end"),
    (changed(*IL2, to=...), "Step Seed does not state il2_iu_per_ml"),
    (changed(*WINDOW, "latest_h", to=71), "Step 4 Harvest: the window ends before it begins"),
    (changed(*WINDOW, "target_h", to=97), "Step 4 Harvest: the target lies outside its window"),
    (changed(*WINDOW, "anchor", to="sowing"), "counts from “sowing”, but no step is called that"),
    (changed(*WINDOW, "anchor", to="infuse"), "counts from “infuse”, which is not a step before it"),
    (changed(*WINDOW, "anchor", to="harvest"), "counts from “harvest”, which is not a step before it"),
    (changed(*WINDOW, "anchor", to="collect"), "the age of a culture counts from its seeding"),
    (changed("steps", HARVEST, to=...), "The recipe has no harvest step. Add one"),
    (changed("steps", HARVEST, "is_optional", to=True), "Step Harvest cannot be left out"),
    (changed(*EXPIRY, "unit", to="days"), "Step 5 Formulate, Expiry after formulation is entered in h, not in days"),
    (changed(*EXPIRY, to=EXPIRY_IN_TWO_WEEKS), "Expiry after formulation: nothing outside 1 to 96 is possible"),
    (changed("steps", 0, to=...), "Step 1 Separate comes before any collect step. Move it"),
    (changed("steps", 0, "key", to="seed"), "has the key of a step before it"),
    (changed("steps", SEED, "takes", to={"what": "bags"}), "Step 3 Seed takes bags, but no step before it gives any"),
    (changed("steps", SEED, "gives", "least", to=200), "Step 3 Seed gives from 200 to 140"),
    (changed("steps", SEED, "materials", 0, "role", to=...), "Step 3, material 1: role is missing"),
    (changed("steps", SEED, "materials", 0, "role", to="spice"), "Step 3, material 1, role: is none of medium, serum"),
    (changed("steps", SEED, "materials", 1, "unit", to=...), "a concentration has a unit"),
    (changed("steps", SEED, "materials", 1, "unit", to="pints"), "the unit pints is unknown"),
    (changed("steps", SEED, "equipment", to=["hood", "hood"]), "lists the equipment hood twice"),
    (changed("steps", SEED, "tests", 0, "due_h", to=1.5), "Step 3, test 1, due_h: is not a whole number"),
    (changed("steps", SEED, "is_optional", to="yes"), "Step 3, is_optional: is neither true nor false"),
    (changed("steps", SEED, "script", to="1 + 1"), "Step 3: “script” is not part of a recipe"),
    (changed("steps", SEED, "title", to="two\nlines"), "Step 3, title: is longer than one line"),
    (changed("steps", SEED, "title", to="hid\u202eden"), "Step 3, title: it holds a character that cannot be seen"),
    (changed("steps", to={}), "Steps: is not written as a list"),
    (changed("name", to="lak roller"), "The name of a recipe has capital letters"),
    (changed("product_name", to="x" * 29), "The product stands on labels"),
    (changed("format", to="something else"), "it is no recipe of this program"),
    ([], "The file is a list or a single value"),
]  # fmt: skip


@pytest.mark.parametrize(("whole", "sentence"), SLIPS, ids=[sentence[:50] for _whole, sentence in SLIPS])
def test_a_fault_is_a_sentence_that_says_where(whole: object, sentence: str) -> None:
    told = faults(whole)
    assert any(sentence in each for each in told), told
    assert all(each[0].isupper() and each.endswith(".") for each in told)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is no JSON: line 1"),
        ('{"name": "A", "name": "B"}', "The file says “name” twice"),
        ('{"format": NaN}', "The file holds NaN"),
        ("[" * 100_000, "nested too deep"),
        (" " * 200_001, "longer than 200,000 characters"),
        ('{"format": "veinline recipe 1", "steps": [' + "1" * 5000 + "]}", "Step 1: is not written as an object"),
    ],
    ids=["empty", "twice", "nan", "deep", "long", "digits"],
)
def test_what_is_no_recipe_file_is_told_so(text: str, sentence: str) -> None:
    document, told = read_document(text)
    assert document is None
    assert any(sentence in each for each in told), told


def test_one_number_has_one_spelling() -> None:
    for spelling in (1500000, 1.5e6, "1.5e6", "1500000.0", "+1500000"):
        document, _none = read_document(json.dumps(changed(*DENSITY, "default", to=spelling)))
        assert document is not None
        assert document_sha256(document) == document_sha256(ROLLER)


@pytest.mark.parametrize(
    ("key", "value", "grade"),
    [
        ("seeding_density_per_ml", "1500000", Grade.OK),
        ("seeding_density_per_ml", "499999", Grade.WARN),
        ("seeding_density_per_ml", "100000001", Grade.REFUSE),
        ("il2_iu_per_ml", "9000", Grade.OK),
        ("il2_iu_per_ml", "9001", Grade.OUTSIDE_RECIPE),
        ("il2_iu_per_ml", "12001", Grade.WARN),
        ("vessel_fill_ml", "2301", Grade.REFUSE),
    ],
)
def test_a_value_stands_as_the_recipe_says(key: str, value: str, grade: Grade) -> None:
    judged = what_holds(ROLLER, 3, "seed", key, Decimal(value))
    assert judged.grade is grade
    assert ("recipe LAK-ROLLER, version 3, step Seed" in judged.sentence) is (grade is not Grade.OK)


def test_the_window_is_the_range_of_the_age_at_harvest() -> None:
    assert what_holds(ROLLER, 1, "harvest", "culture_age_h", Decimal(72)).grade is Grade.OK
    assert what_holds(ROLLER, 1, "harvest", "culture_age_h", Decimal(97)).grade is Grade.OUTSIDE_RECIPE
    with pytest.raises(NotFound):
        what_holds(ROLLER, 1, "seed", "colour", Decimal(1))


def test_what_a_recipe_leaves_open_the_house_decides() -> None:
    bare = replace(ROLLER, steps=tuple(replace(each, parameters=()) for each in ROLLER.steps))
    row = limits_of(bare, 1, RecipeStepKind.SEED).row("seeding_density_per_ml")
    assert (row.warn, row.asked_by) == (Range(Decimal(500_000), Decimal(5_000_000)), "")


CHANGES = [
    (changed(*DENSITY, "default", to="2e6"),
     "Step 3 Seed: Seeding density, default: now 2 × 10^6 viable cells/mL, was 1.5 × 10^6 viable cells/mL."),
    (changed(*IL2, "warn", to={"low": "5000", "high": "10000"}),
     "Step 3 Seed: IL-2 in culture, warn outside: now 5,000 to 10,000 IU/mL, was 600 to 12,000 IU/mL."),
    (changed(*WINDOW, "latest_h", to=120),
     "Step 4 Harvest, window: now 72 to 120 h after seed, target 84 h, was 72 to 96 h after seed, target 84 h."),
    (changed("steps", 1, to=...), "Step 2 Separate was taken out."),
    (changed("steps", SEED, "equipment", to=["hood"]), "Step 3 Seed: incubator taken out."),
    (changed("steps", SEED, "materials", 1, "concentration", to="5"),
     "Step 3 Seed: serum Human AB serum, heat-inactivated, concentration: now 5 % v/v, was 2 % v/v."),
    (changed("storage", to="Store at 15 to 25 °C"),
     "Recipe, storage: now Store at 15 to 25 °C, was Store at 2 to 8 °C."),
    (changed("steps", SEED, "equipment", to=["incubator", "hood"]),
     "Step 3 Seed: equipment put in another order."),
]  # fmt: skip


@pytest.mark.parametrize(("whole", "sentence"), CHANGES, ids=[sentence[:40] for _whole, sentence in CHANGES])
def test_a_change_is_a_sentence(whole: object, sentence: str) -> None:
    document, told = read_document(json.dumps(whole))
    assert document is not None, told
    assert differences(ROLLER, document) == (sentence,)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value in the file of LAK-ROLLER."""
    inner: list[Any] = (
        [*value.items()] if isinstance(value, dict) else [*enumerate(value)] if isinstance(value, list) else []
    )
    return [found for key, each in inner for found in [(*path, key), *_places(each, (*path, key))]]


STRANGE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20),
    st.decimals().map(str), st.lists(st.integers(), max_size=2), st.just(...),
    st.dictionaries(st.text(max_size=5), st.none(), max_size=2),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_places(plain(ROLLER))), STRANGE)
def test_any_change_to_a_file_validates_or_is_told_in_sentences(place: tuple[Any, ...], value: Any) -> None:
    document, told = read_document(json.dumps(changed(*place, to=value)))
    if document is None:
        assert told
        assert all(each.endswith(".") for each in told)
        return
    _comes_back(document)
    assert bool(differences(ROLLER, document)) is (document != ROLLER)
    if not unsound(document):
        require_sound(document)


def _comes_back(document: RecipeDocument) -> None:
    """Import of the export is the same document, with the same hash."""
    again, told = read_document(exported(document))
    assert (again, told) == (document, ())
    assert again is not None
    assert document_sha256(again) == document_sha256(document)
