"""Every number somebody can enter has a range: a row of the table of limits, or one of its own with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

import app.main
from tests.contract.doorway import Doorway, Letter
from tests.contract.limits_of_fields import ROWS, every_request, has_reason, not_saved, numbers_of, odd, row_of
from tests.contract.scenes import line
from tests.web.test_who_gets_in import everything
from tests.world import World

assert app.main, "importing it loads every request"
IMMENSE = ("1e15", "-1e3")
STOPPED = ("urn:veinline:reason_required", "urn:veinline:more_than_harvested")
"""What an odd number meets: mostly the question why; cells that were never harvested do not come so far."""


@pytest.mark.requirement("REQ-042")
def test_every_number_has_a_row_of_the_table_or_a_written_reason() -> None:
    neither = {
        f"{model.__name__}.{name}"
        for model in every_request()
        for name in numbers_of(model)
        if row_of(model, name) is None and not has_reason(model, name)
    }
    assert neither == set()


@pytest.fixture
def judged(sqlite_world: World) -> Iterator[Doorway]:
    """Doors at which every number is first entered beyond its limits."""
    lab = Doorway.of(sqlite_world, not_judged)
    yield lab
    lab.close()


@pytest.mark.requirement("REQ-042")
def test_every_number_is_judged_at_its_door(judged: Doorway) -> None:
    line(judged)
    assert judged.wrong == [], "\n".join(judged.wrong)


def not_judged(letter: Letter) -> list[str]:
    """Numbers the door took although they lie beyond its limits."""
    before = everything(letter.world, but=("near_miss", "ledger"))
    wrong = [complaint for name in numbers_of(type(letter.asked)) for complaint in _tried(letter, name)]
    if everything(letter.world, but=("near_miss", "ledger")) != before:
        wrong.append("a refused number left something behind")
    return wrong


def _tried(letter: Letter, name: str) -> Iterator[str]:
    given = letter.body[name]
    why = {"reason": "counted twice, and seen by two"} if "reason" in letter.body else {}
    for number in IMMENSE:
        answer = letter.send(letter.body | why | {name: [number] if isinstance(given, list) else number}, str(uuid4()))
        if not 400 <= answer.status_code < 500:
            yield f"{name} {number}: {answer.status_code}"
    row = row_of(type(letter.asked), name)
    if row is None:
        return
    for number in not_saved(row, is_whole=isinstance(given, int)):
        answer = letter.send(letter.body | why | {name: number}, str(uuid4()))
        if answer.status_code != 422 or answer.json().get("field") != name:
            yield f"{name} {number} can be saved: {answer.status_code} {answer.text[:200]}"
    for number in odd(row, is_whole=isinstance(given, int)) if letter.body.get("reason", "") is None else ():
        answer = letter.send(letter.body | {name: number}, str(uuid4()))
        if answer.status_code != 422 or not any(word in answer.text for word in STOPPED):
            yield f"{name} {number} needs no reason: {answer.status_code} {answer.text[:200]}"


@pytest.mark.parametrize("name", ROWS)
def test_no_row_is_named_for_a_field_that_is_gone(name: str) -> None:
    there = {f"{model.__name__}.{each}" for model in every_request() for each in numbers_of(model)}
    assert name in there | {each.partition(".")[2] for each in there}
