"""An address finds its endpoint: the right one of several, and no other method than its own."""

from __future__ import annotations

from collections import Counter

from starlette.routing import Match

from app.routes import ROUTES
from app.web.addresses import Directory
from tests.people import CHLOE
from tests.web.routes import addresses
from tests.world import World


def test_the_directory_finds_every_address_as_the_whole_list_would(sqlite_world: World) -> None:
    directory = Directory(ROUTES)
    listed = addresses(sqlite_world.app)
    assert Counter(map(str, listed)).most_common(1)[0][1] == 1, "no address stands twice"
    for address in listed:
        scope = {"type": "http", "method": address.method, "path": address.path, "path_params": {}}
        first = next(route for route in ROUTES if route.matches(scope)[0] is Match.FULL)
        match, child = directory.matches(scope)
        assert (match, child["route"]) == (Match.FULL, first), str(address)


def test_a_wrong_method_and_an_unknown_address_are_refused(sqlite_world: World) -> None:
    client = sqlite_world.client(CHLOE)
    assert client.get("/api/v1/scan").status_code == 405
    assert client.get("/api/v1/nothing").status_code == 404
    assert client.get("/api/v1").status_code == 404
    assert client.get("/patients/").headers["location"].endswith("/patients")
