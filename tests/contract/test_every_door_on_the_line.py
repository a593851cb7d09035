"""Each command once through its door: wrong codes and stale pages are refused, and sent twice it is done once."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.domain.identifiers import Kind, make_code
from app.domain.scan import OwnCode
from app.web.forms import as_read
from tests.contract.doorway import Doorway, Letter, codes_in
from tests.contract.scenes import line
from tests.people import IRIS
from tests.web.test_who_gets_in import everything
from tests.world import World


@pytest.fixture
def doors(world: World) -> Iterator[Doorway]:
    """The doors of a laboratory on either database."""
    lab = Doorway.of(world, lambda _letter: [])
    yield lab
    lab.close()


@pytest.fixture
def guarded(sqlite_world: World) -> Iterator[Doorway]:
    """Doors that are tried with every slip before they are used."""
    lab = Doorway.of(sqlite_world, refusals_missing)
    yield lab
    lab.close()


@pytest.mark.requirement("REQ-042")
def test_a_request_sent_twice_is_done_once_and_answered_alike(doors: Doorway) -> None:
    line(doors)
    assert doors.wrong == [], "\n".join(doors.wrong)
    assert doors.doors.keys() - doors.seen == set(), "a command without a scene"


@pytest.mark.requirement("REQ-113")
def test_every_door_refuses_a_wrong_code_a_doubled_scan_and_a_stale_page(guarded: Doorway) -> None:
    line(guarded)
    assert guarded.wrong == [], "\n".join(guarded.wrong)
    assert guarded.doors.keys() == guarded.seen


def refusals_missing(letter: Letter) -> list[str]:
    """What the door let in, or refused without a sentence."""
    before = everything(letter.world, but=("near_miss", "ledger"))
    wrong = []
    for why, changed in mistaken(letter):
        answer = letter.send(letter.body | changed, str(uuid4()))
        problem = answer.json()
        is_told = 400 <= answer.status_code < 500 and str(problem.get("detail", "")).endswith(".")
        wrong += [] if is_told else [f"{why}: {answer.status_code} {answer.text[:200]}"]
    if everything(letter.world, but=("near_miss", "ledger")) != before:
        wrong.append("a refused request left something behind")
    return wrong


def mistaken(letter: Letter) -> Iterator[tuple[str, dict[str, object]]]:
    """The request with one slip each."""
    body = letter.body
    for name, code in codes_in(letter.asked):
        given = str(body[name])
        yield f"{name} unknown", {name: nobodys(code) + given[14:]}
        yield f"{name} of another kind", {name: of_another_kind(letter.world, code)}
        if name in as_read(type(letter.asked)):
            yield f"{name} scanned twice", {name: given * 2}
    if "row_version" in body:
        yield "a stale page", {"row_version": body["row_version"] + 1}


def nobodys(code: OwnCode) -> str:
    """A code of the same kind that was never given out."""
    made = (make_code(code.kind, code.site, code.year, number) for number in range(990_000, 990_100))
    return next(each for each in made if each is not None)


def of_another_kind(world: World, code: OwnCode) -> str:
    """The code of something else in this laboratory."""
    return world.badge(IRIS) if code.kind is Kind.PLACE else world.place("Cell store")
