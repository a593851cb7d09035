"""The report of open bags: everything that has not ended in exactly one way."""

from __future__ import annotations

import pytest

from app.custody import commands
from app.custody.queries import open_bags as report
from app.custody.schemas import DisposeBag
from tests.counting import statements
from tests.line.infusion import Ward
from tests.people import TARA, THEO
from tests.world import World


def test_a_bag_stands_there_until_it_has_ended(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    page = world.client(TARA).get("/open-bags").text
    assert all(f"/bags/{bag}" in page for bag in ward.bags)
    asked = DisposeBag(bag=f"{ward.bag}01", reason="the bag leaked when it was lifted", **world.second(THEO))
    world.act(TARA, commands.destroy_bag, asked)
    page = world.client(TARA).get("/open-bags").text
    assert [f"/bags/{bag}" in page for bag in ward.bags] == [False, True]
    listed = world.client(TARA).get("/api/v1/open-bags").json()["bags"]
    assert [bag["code"] for bag in listed] == [ward.bags[1]]


def test_it_is_read_page_by_page_in_one_statement(ready: tuple[World, Ward], monkeypatch: pytest.MonkeyPatch) -> None:
    world, ward = ready
    monkeypatch.setattr(report, "PAGE", 1)
    with statements(world) as made:
        first = world.read(report.open_bags, world.clock(), "UTC", None)
    assert len([one for one in made if one.startswith("SELECT")]) == 1
    assert ([bag.code for bag in first.bags], first.next) == ([ward.bags[0]], ward.bags[0])
    second = world.read(report.open_bags, world.clock(), "UTC", first.next)
    assert ([bag.code for bag in second.bags], second.next) == ([ward.bags[1]], "")
