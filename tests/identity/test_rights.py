"""Rights: QA gives and takes them under signature, nobody to themselves; some never stand together."""

from __future__ import annotations

import hashlib
from uuid import uuid4

import pytest

from app.domain.errors import Duplicate, Mismatch, NotAllowed, NotFound, Stale
from app.domain.roles import Grant, Role
from app.identity import commands
from app.identity.records import right_record
from app.identity.schemas import EndAuthority, EndRole, FirstQa, GrantAuthority, GrantRole
from tests.people import ADA, CHLOE, IRIS, NIA, OMAR, QUENTIN, QUINN, SAM, TARA, Person
from tests.world import World

WHY = "trained by the supervisor, record 2026-11"
UNTIL = "2027-12-31"


def role_for(world: World, who: Person, role: Role, *, by: Person = QUENTIN, **changed: object) -> GrantRole:
    """The signed request that gives somebody without rights a role."""
    held = () if who.role is None else (who.role,)
    grants = () if who.grant is None else (who.grant,)
    record = right_record(world.user_id(who), who.full_name, role, held, grants)
    given = {"user_id": world.user_id(who), "role": role, "qualified_until": UNTIL, "reason": WHY}
    return GrantRole.model_validate(given | world.signature(by, record) | changed)


def authority_for(world: World, who: Person, authority: Grant, *, by: Person = QUENTIN) -> GrantAuthority:
    held = () if who.role is None else (who.role,)
    record = right_record(world.user_id(who), who.full_name, authority, held, ())
    given = {"user_id": world.user_id(who), "authority": authority, "reason": WHY}
    return GrantAuthority.model_validate(given | world.signature(by, record))


@pytest.mark.requirement("REQ-034")
def test_qa_gives_a_role_under_signature_and_it_works_at_the_next_request(world: World) -> None:
    tablet = world.client(OMAR)
    assert tablet.get("/api/v1/today").status_code == 403
    world.act(QUENTIN, commands.grant_role, role_for(world, OMAR, Role.TECHNICIAN), station="QA desk")
    assert tablet.get("/api/v1/today").status_code == 200
    (signed,) = world.rows("SELECT record_of, meaning, role, record FROM signature ORDER BY id DESC LIMIT 1")
    assert signed[:3] == (f"user:{world.user_id(OMAR)}", "approved", "qa")
    assert '"right":"technician"' in str(signed[3])


@pytest.mark.requirement("REQ-034")
@pytest.mark.parametrize("who", [ADA, SAM, TARA, CHLOE, IRIS], ids=lambda who: who.name)
def test_nobody_but_qa_gives_rights_once_there_is_a_qa(sqlite_world: World, who: Person) -> None:
    asked = role_for(sqlite_world, OMAR, Role.TECHNICIAN)
    assert isinstance(sqlite_world.refused(who, commands.grant_role, asked), NotAllowed)
    first = FirstQa(user_id=sqlite_world.user_id(OMAR), qualified_until=UNTIL, reason=WHY)
    assert isinstance(sqlite_world.refused(who, commands.appoint_first_qa, first), NotAllowed)


def test_nobody_gives_themselves_a_right_not_even_by_raw_sql(world: World) -> None:
    asked = role_for(world, QUENTIN, Role.SUPERVISOR)
    assert isinstance(world.refused(QUENTIN, commands.grant_role, asked), Mismatch)
    me = world.user_id(QUENTIN)
    with pytest.raises(Exception, match="granted_by_another"):
        world.sql(
            "INSERT INTO user_role (row_version, user_id, role, granted_by_id, granted_at)"
            " VALUES (1, :me, 'supervisor', :me, '2026-11-23T08:00:00.000000+00:00')",
            me=me,
        )


@pytest.mark.parametrize(
    ("who", "role"),
    [(IRIS, Role.TECHNICIAN), (CHLOE, Role.ADMINISTRATOR), (QUINN, Role.ADMINISTRATOR), (TARA, Role.INSPECTOR)],
    ids=["inspector with another", "prescriber as administrator", "releaser as administrator", "another as inspector"],
)
def test_roles_that_may_not_stand_together_are_refused(sqlite_world: World, who: Person, role: Role) -> None:
    refusal = sqlite_world.refused(QUENTIN, commands.grant_role, role_for(sqlite_world, who, role), station="QA desk")
    assert refusal.code == "rights_not_combinable"


@pytest.mark.parametrize(
    ("who", "authority", "code"),
    [
        (NIA, Grant.RELEASE_AUTHORITY, "grant_without_role"),
        (OMAR, Grant.PRESCRIBER, "grant_without_role"),
        (ADA, Grant.PRESCRIBER, "rights_not_combinable"),
    ],
    ids=["clinician as releaser", "nobody as prescriber", "administrator as prescriber"],
)
def test_an_authority_needs_its_role(sqlite_world: World, who: Person, authority: Grant, code: str) -> None:
    asked = authority_for(sqlite_world, who, authority)
    assert sqlite_world.refused(QUENTIN, commands.grant_authority, asked, station="QA desk").code == code


def test_a_nurse_becomes_a_prescriber_and_stops_being_one(world: World) -> None:
    asked = authority_for(world, NIA, Grant.PRESCRIBER)
    world.act(QUENTIN, commands.grant_authority, asked, station="QA desk")
    assert world.client(NIA).get("/api/v1/me").json()["authorities"] == ["prescriber"]
    ended = EndAuthority(user_id=world.user_id(NIA), authority=Grant.PRESCRIBER, reason=WHY)
    world.act(QUENTIN, commands.end_authority, ended, station="QA desk")
    assert world.client(NIA).get("/api/v1/me").json()["authorities"] == []


def test_a_role_taken_away_is_gone_at_the_next_request(world: World) -> None:
    tablet = world.client(TARA)
    ended = EndRole(user_id=world.user_id(TARA), role=Role.TECHNICIAN, reason=WHY)
    world.act(QUENTIN, commands.end_role, ended, station="QA desk")
    assert tablet.get("/api/v1/today").status_code == 403
    assert isinstance(world.refused(QUENTIN, commands.end_role, ended, station="QA desk"), NotFound)


def test_a_role_held_already_is_not_given_again(sqlite_world: World) -> None:
    asked = role_for(sqlite_world, TARA, Role.TECHNICIAN)
    assert isinstance(sqlite_world.refused(QUENTIN, commands.grant_role, asked, station="QA desk"), Duplicate)


@pytest.mark.requirement("REQ-108")
def test_a_signature_over_another_record_than_the_one_shown_is_refused(sqlite_world: World) -> None:
    for other in (OMAR.full_name + " ", "Omar"):
        record = right_record(sqlite_world.user_id(OMAR), other, Role.TECHNICIAN, (), ())
        shown = hashlib.sha256(record.encode()).hexdigest()
        asked = role_for(sqlite_world, OMAR, Role.TECHNICIAN, record_sha256=shown)
        assert isinstance(sqlite_world.refused(QUENTIN, commands.grant_role, asked, station="QA desk"), Stale)


@pytest.mark.parametrize("read", ["{}01", "]d1{}01", "{}\r"], ids=["with print number", "with prefix", "with Enter"])
def test_a_badge_signs_as_its_printed_symbol_reads(sqlite_world: World, read: str) -> None:
    asked = role_for(sqlite_world, OMAR, Role.TECHNICIAN, signer=read.format(sqlite_world.badge(QUENTIN)))
    sqlite_world.act(QUENTIN, commands.grant_role, asked, station="QA desk")
    assert sqlite_world.rows("SELECT id FROM user_role WHERE user_id = :omar", omar=sqlite_world.user_id(OMAR))


@pytest.mark.requirement("REQ-018")
def test_a_wrong_pin_or_anothers_badge_gives_nothing(sqlite_world: World) -> None:
    for changed in ({"secret": "000000"}, {"signer": sqlite_world.badge(QUINN)}, {"signer": "nobody"}):
        asked = role_for(sqlite_world, OMAR, Role.TECHNICIAN, **changed)
        assert isinstance(sqlite_world.refused(QUENTIN, commands.grant_role, asked, station="QA desk"), NotAllowed)
    assert not sqlite_world.rows("SELECT id FROM user_role WHERE user_id = :omar", omar=sqlite_world.user_id(OMAR))


def test_the_page_shows_the_very_record_that_is_signed(sqlite_world: World) -> None:
    world, omar = sqlite_world, sqlite_world.user_id(OMAR)
    desk = world.client(QUENTIN, "QA desk")
    page = desk.get(f"/users/{omar}/roles/technician").text
    assert "I give Omar Haddad the role technician" in page
    asked = role_for(world, OMAR, Role.TECHNICIAN)
    assert asked.record_sha256 in page
    form = asked.model_dump(mode="json") | {"secret": QUENTIN.pin, "request_key": str(uuid4())}
    assert desk.post(f"/users/{omar}/roles", data=form).headers["location"] == f"/users/{omar}"
    assert "Technician" in desk.get(f"/users/{omar}").text


def test_the_api_gives_the_same_right_by_the_same_request(sqlite_world: World) -> None:
    desk = sqlite_world.client(QUENTIN, "QA desk")
    asked = role_for(sqlite_world, OMAR, Role.TECHNICIAN)
    body = asked.model_dump(mode="json") | {"secret": QUENTIN.pin}
    key = {"Idempotency-Key": str(uuid4())}
    for _ in range(2):
        answer = desk.post("/api/v1/users/roles", json=body, headers=key)
        assert (answer.status_code, answer.json()) == (200, {"user_id": sqlite_world.user_id(OMAR)})
    assert len(sqlite_world.rows("SELECT id FROM user_role WHERE user_id = :u", u=sqlite_world.user_id(OMAR))) == 1


def test_a_pin_stands_in_no_dump_of_a_request_so_no_stored_hash_betrays_it(sqlite_world: World) -> None:
    asked = role_for(sqlite_world, OMAR, Role.TECHNICIAN)
    assert asked.secret == QUENTIN.pin
    assert "secret" not in asked.model_dump_json()


def test_whoever_looks_sees_no_button_they_may_not_press(sqlite_world: World) -> None:
    tara = sqlite_world.user_id(TARA)
    seen = {who.name: sqlite_world.client(who, None).get(f"/users/{tara}").text for who in (ADA, QUENTIN, IRIS)}
    assert "Reset the access" in seen["ada"]
    assert "Give supervisor" not in seen["ada"]
    assert "Give supervisor" in seen["quentin"]
    assert "Reset the access" not in seen["quentin"]
    assert "Give supervisor" not in seen["iris"]
    assert "Reset the access" not in seen["iris"]
