"""Guessing: five wrong tries lock for a quarter of an hour, ten until an administrator resets the access."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.domain.identifiers import Kind, make_code
from app.identity import commands
from app.identity.schemas import AccessReset
from tests.people import ADA, QUINN, TARA
from tests.world import World

LOCKED = "locked for 15 minutes"
RESET = "An administrator must reset the access"


def guess(world: World, pin: str, badge: str | None = None) -> str:
    """One try at a tablet; the words of the refusal, or "in"."""
    form = {"badge": badge or world.badge(TARA), "pin": pin, "request_key": str(uuid4())}
    answer = world.app_client("Bench 1").post("/switch", data=form)
    return "in" if answer.status_code == 303 else answer.text


def wrong_pins(world: World, times: int, badge: str | None = None) -> None:
    for _ in range(times):
        guess(world, "000000", badge)


@pytest.mark.requirement("REQ-025")
def test_the_fifth_wrong_pin_locks_and_the_right_one_then_opens_nothing(world: World) -> None:
    wrong_pins(world, 4)
    assert guess(world, TARA.pin) == "in"
    wrong_pins(world, 5)
    assert LOCKED in guess(world, TARA.pin)
    world.clock.forward(minutes=14, seconds=50)
    assert LOCKED in guess(world, TARA.pin)
    world.clock.forward(seconds=20)
    assert guess(world, TARA.pin) == "in"


@pytest.mark.requirement("REQ-025")
def test_a_lockout_is_kept_as_near_miss_with_its_person(world: World) -> None:
    wrong_pins(world, 4)
    assert not world.rows("SELECT kind FROM near_miss")
    wrong_pins(world, 1)
    assert world.rows("SELECT kind, step, user_id FROM near_miss") == [
        ("secret_locked", "sign in", world.user_id(TARA))
    ]


@pytest.mark.requirement("REQ-025")
def test_after_ten_wrong_tries_only_an_administrator_helps(sqlite_world: World) -> None:
    world = sqlite_world
    wrong_pins(world, 5)
    world.clock.forward(minutes=16)
    wrong_pins(world, 5)
    world.clock.forward(hours=100)
    assert RESET in guess(world, TARA.pin)
    reset = AccessReset(user_id=world.user_id(TARA), reason="she came with her passport")
    code = world.act(ADA, commands.reset_access, reset, station=None).code
    form = {"one_time_code": code, "password": "copper kettle field 7", "pin": "730518", "request_key": str(uuid4())}
    assert world.app_client().post("/welcome", data=form).status_code == 303
    assert guess(world, TARA.pin) != "in"
    assert guess(world, "730518") == "in"


def test_guessing_at_a_badge_or_name_nobody_has_is_answered_and_locked_the_same(sqlite_world: World) -> None:
    known = sqlite_world.badge(TARA)
    unknown = next(code for number in (999_990, 999_991) if (code := make_code(Kind.BADGE, "D7M", 2026, number)))

    def sentence(text: str) -> str:
        return text.split('class="lead">')[1].split("<")[0]

    for _ in range(7):
        said = [sentence(guess(sqlite_world, "000000", badge)) for badge in (known, unknown)]
        assert said[0] == said[1]
    assert LOCKED in said[0]


def test_the_words_somebody_typed_as_name_are_not_kept(sqlite_world: World) -> None:
    form = {"user_name": "my secret password 1", "password": "x", "request_key": str(uuid4())}
    sqlite_world.app_client().post("/sign-in", data=form)
    (kept,) = sqlite_world.rows("SELECT subject FROM sign_in_attempt WHERE failures > 0")
    assert str(kept[0]).startswith("nobody:")
    assert "secret" not in str(kept[0])


def test_wrong_secrets_at_a_signature_count_like_wrong_secrets_at_the_door(world: World) -> None:
    for _ in range(5):
        form = {"secret": "000000", "badge": world.badge(QUINN), "request_key": str(uuid4())}
        world.app_client("Bench 1").post("/unlock", data=form)
    refused = world.app_client("Bench 1").post(
        "/switch", data={"badge": world.badge(QUINN), "pin": QUINN.pin, "request_key": str(uuid4())}
    )
    assert LOCKED in refused.text


def test_a_right_secret_forgets_the_wrong_ones_before(sqlite_world: World) -> None:
    for _ in range(3):
        wrong_pins(sqlite_world, 4)
        assert guess(sqlite_world, TARA.pin) == "in"


def test_a_restart_forgets_no_try(sqlite_world: World) -> None:
    wrong_pins(sqlite_world, 5)
    del sqlite_world.__dict__["app"]
    assert LOCKED in guess(sqlite_world, TARA.pin)
