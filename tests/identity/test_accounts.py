"""Accounts: opened by an administrator, entered by their owner alone, ended for good."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Mismatch, NotAllowed, ReasonRequired
from app.domain.roles import Action
from app.identity import commands
from app.identity.schemas import AccessReset, BadgeIssue, IdentityProof, NewUser, UserRef
from app.identity.signing import WithSecondPerson, second_person
from tests.people import ADA, IRIS, OMAR, QUENTIN, TARA, THEO, Person
from tests.world import World

WHY = "a good and sufficient reason"


def opened(world: World, user_name: str = "uma") -> tuple[int, str]:
    """A new account and its one-time code."""
    fact = world.act(ADA, commands.create_user, NewUser(user_name=user_name, full_name="Uma Berg"), station=None)
    return fact.user_id, fact.code


def entered(world: World, code: str, password: str = "copper kettle field 7", pin: str = "730518") -> tuple[int, str]:
    """Choose secrets with a one-time code; the status and the words of the answer."""
    form = {"one_time_code": code, "password": password, "pin": pin, "request_key": str(uuid4())}
    answer = world.app_client().post("/welcome", data=form)
    return answer.status_code, answer.text


@pytest.mark.requirement("REQ-021")
def test_the_owner_of_a_one_time_code_chooses_secrets_nobody_else_knows(world: World) -> None:
    _, code = opened(world)
    assert entered(world, code)[0] == 303
    browser = world.app_client()
    form = {"user_name": "uma", "password": "copper kettle field 7", "request_key": str(uuid4())}
    assert browser.post("/sign-in", data=form).headers["location"] == "/"


@pytest.mark.requirement("REQ-021")
def test_a_one_time_code_works_once(sqlite_world: World) -> None:
    _, code = opened(sqlite_world)
    assert entered(sqlite_world, code)[0] == 303
    status, said = entered(sqlite_world, code, "another kettle field 8")
    assert (status, "used already" in said) == (403, True)


@pytest.mark.parametrize(("hours", "status"), [(23.9, 303), (24.1, 403)])
def test_a_one_time_code_works_for_a_day(sqlite_world: World, hours: float, status: int) -> None:
    _, code = opened(sqlite_world)
    sqlite_world.clock.forward(hours=hours)
    assert entered(sqlite_world, code)[0] == status


def test_a_one_time_code_is_kept_as_a_hash_only_and_never_in_a_stored_answer(sqlite_world: World) -> None:
    browser = sqlite_world.client(ADA, None)
    form = {"user_name": "uma", "full_name": "Uma Berg", "request_key": str(uuid4())}
    page = browser.post("/users", data=form).text
    code = page.split('tabindex="-1">')[-1].split("<")[0].strip()
    assert len(code) == 19
    for table in ("one_time_code", "request_key", "ledger_event"):
        assert code not in str(sqlite_world.rows(f"SELECT * FROM {table}"))
    again = browser.post("/users", data=form)
    assert again.status_code == 200
    assert code not in again.text
    assert "shown only once" in again.text
    assert len(sqlite_world.rows("SELECT id FROM user_account WHERE user_name = 'uma'")) == 1


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("elevenchars", "at least 12"),
        ("passwordpassword", "too easy"),
        ("abababababab", "too easy"),
        ("Veinline-2026!", "too easy"),
        ("x" * 257, "at most 256"),
    ],
)
def test_a_password_that_is_short_or_common_is_refused(sqlite_world: World, password: str, words: str) -> None:
    _, code = opened(sqlite_world)
    status, said = entered(sqlite_world, code, password)
    assert status == 422
    assert password not in said
    assert words in said
    assert entered(sqlite_world, code)[0] == 303, "the refusal did not use the code up"


@pytest.mark.parametrize("password", ["twelve chars", "ein Pferd, das Gurkensalat frisst" * 4])
def test_a_password_of_twelve_characters_or_of_many_words_is_taken(sqlite_world: World, password: str) -> None:
    _, code = opened(sqlite_world)
    assert entered(sqlite_world, code, password)[0] == 303


@pytest.mark.parametrize("pin", ["111111", "123456", "987654", "13579", "1357911", "13579a"])
def test_a_pin_that_repeats_counts_or_has_not_six_digits_is_refused(sqlite_world: World, pin: str) -> None:
    _, code = opened(sqlite_world)
    assert entered(sqlite_world, code, pin=pin)[0] == 422


@pytest.mark.requirement("REQ-022")
def test_secrets_are_kept_as_argon2id_with_a_salt_of_their_own(sqlite_world: World) -> None:
    hashes = sqlite_world.rows("SELECT password_hash, pin_hash FROM credential ORDER BY id")
    assert all(str(each).startswith("$argon2id$v=19$m=65536,t=3,p=4$") for each, _ in hashes)
    assert all(str(each).startswith("$argon2id$v=19$m=19456,t=2,p=1$") for _, each in hashes)
    assert len({each for each, _ in hashes}) == len(hashes), "everybody in the cast has the same password"


@pytest.mark.requirement("REQ-016")
def test_a_name_is_never_given_twice_not_even_after_the_account_ended(world: World) -> None:
    world.act(ADA, commands.deactivate_user, AccessReset(user_id=world.user_id(OMAR), reason=WHY), station=None)
    refusal = world.refused(ADA, commands.create_user, NewUser(user_name="omar", full_name="Other"), station=None)
    assert isinstance(refusal, Duplicate)
    assert refusal.field == "user_name"


def test_an_ended_account_is_out_at_its_next_request_and_never_comes_back(world: World) -> None:
    browser, tablet = world.client(THEO, None), world.client(THEO, "Bench 2")
    world.act(ADA, commands.deactivate_user, AccessReset(user_id=world.user_id(THEO), reason=WHY), station=None)
    assert browser.get("/api/v1/me").status_code == 401
    assert tablet.get("/").headers["location"] == "/sign-in"
    form = {"user_name": THEO.name, "password": THEO.password, "request_key": str(uuid4())}
    assert world.app_client().post("/sign-in", data=form).status_code == 403


@pytest.mark.parametrize("is_raw", [False, True], ids=["by command", "with a badge left open"])
def test_whoever_left_confirms_nothing_as_second_person(sqlite_world: World, *, is_raw: bool) -> None:
    def confirm(tx: Transaction, actor: Actor, asked: WithSecondPerson) -> int:
        return second_person(tx, actor, asked, Action.CULTURE_STEP).user_id

    asked = WithSecondPerson.model_validate(sqlite_world.second(THEO))
    assert sqlite_world.act(TARA, confirm, asked) == sqlite_world.user_id(THEO)
    if is_raw:
        sqlite_world.sql("UPDATE user_account SET is_active = 0 WHERE user_name = 'theo'")
    else:
        about = AccessReset(user_id=sqlite_world.user_id(THEO), reason=WHY)
        sqlite_world.act(ADA, commands.deactivate_user, about, station=None)
    assert sqlite_world.refused(TARA, confirm, asked).code == "unknown_person"


@pytest.mark.requirement("REQ-024")
def test_a_voided_badge_stops_at_the_next_request(world: World) -> None:
    tablet, code = world.client(TARA), world.badge(TARA)
    world.act(ADA, commands.void_badge, AccessReset(user_id=world.user_id(TARA), reason=WHY), station=None)
    assert tablet.get("/api/v1/me").status_code == 401
    form = {"badge": code, "pin": TARA.pin, "request_key": str(uuid4())}
    assert world.app_client("Bench 1").post("/switch", data=form).status_code == 403


@pytest.mark.requirement("REQ-024")
def test_a_new_badge_voids_the_one_before(sqlite_world: World) -> None:
    old = sqlite_world.badge(TARA)
    issued = sqlite_world.act(ADA, commands.issue_badge, BadgeIssue(user_id=sqlite_world.user_id(TARA)), station=None)
    assert sqlite_world.badge(TARA) == issued.code != old


def test_setting_new_secrets_ends_every_sign_in_made_with_the_old_ones(sqlite_world: World) -> None:
    world = sqlite_world
    browser = world.client(TARA, None)
    code = world.act(
        ADA, commands.reset_access, AccessReset(user_id=world.user_id(TARA), reason=WHY), station=None
    ).code
    assert browser.get("/api/v1/me").status_code == 401
    assert entered(world, code)[0] == 303
    form = {"user_name": TARA.name, "password": TARA.password, "request_key": str(uuid4())}
    assert world.app_client().post("/sign-in", data=form).status_code == 403


@pytest.mark.requirement("REQ-017")
def test_nobody_verifies_their_own_identity(world: World) -> None:
    proof = IdentityProof(user_id=world.user_id(ADA), checked_on=date(2026, 11, 20))
    assert isinstance(world.refused(ADA, commands.verify_identity, proof, station=None), Mismatch)
    with pytest.raises(Exception, match=r"identity_verified_by_another"):
        world.sql("UPDATE user_account SET identity_verified_by_id = id WHERE user_name = 'tara'")


@pytest.mark.requirement("REQ-010")
def test_accountability_is_stated_only_after_somebody_checked_the_identity(sqlite_world: World) -> None:
    world = sqlite_world
    opened(world)
    refusal = world.refused(ADA, commands.accept_accountability, UserRef(), station=None)
    assert refusal.code == "identity_not_verified"


@pytest.mark.parametrize("reason", ["", "too short", "error error error"])
def test_a_reset_and_an_end_need_a_reason_that_says_something(sqlite_world: World, reason: str) -> None:
    for command in (commands.reset_access, commands.deactivate_user, commands.void_badge):
        asked = AccessReset.model_construct(user_id=sqlite_world.user_id(TARA), reason=reason)
        assert isinstance(sqlite_world.refused(ADA, command, asked, station=None), ReasonRequired)


@pytest.mark.parametrize("who", [TARA, QUENTIN, IRIS, OMAR], ids=lambda who: who.name)
def test_only_an_administrator_opens_resets_and_ends_accounts(sqlite_world: World, who: Person) -> None:
    about = AccessReset(user_id=sqlite_world.user_id(THEO), reason=WHY)
    new = NewUser(user_name="uma", full_name="Uma Berg")
    assert isinstance(sqlite_world.refused(who, commands.create_user, new), NotAllowed)
    for command in (commands.reset_access, commands.deactivate_user, commands.void_badge):
        assert isinstance(sqlite_world.refused(who, command, about), NotAllowed)


def test_nobody_resets_or_ends_themselves(sqlite_world: World) -> None:
    about = AccessReset(user_id=sqlite_world.user_id(ADA), reason=WHY)
    for command in (commands.reset_access, commands.deactivate_user):
        assert isinstance(sqlite_world.refused(ADA, command, about, station=None), Mismatch)


@pytest.mark.parametrize("name", ["", "ab", "Tara", "tära", "tara adeyemi", "-tara", "x" * 41])
def test_a_user_name_is_small_letters_digits_points_and_hyphens(name: str) -> None:
    with pytest.raises(ValueError, match="user_name"):
        NewUser(user_name=name, full_name="Somebody")
