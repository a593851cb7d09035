"""Label rules: written by one, proposed, approved by another by signature; then they stand, whatever SQL is tried."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from app.cli import cli
from app.domain.errors import WrongState
from app.domain.labels.elements import Element
from app.domain.labels.rules import requirements
from app.domain.labels.statements import CitationStatus, Placement, Stage, Switch
from app.label_rules import commands
from app.label_rules.schemas import (
    ApproveLabelRules,
    ChangeElement,
    ChangeStatement,
    DraftLabelRules,
    LabelRulesNamed,
)
from app.label_rules.versions.records import rules_record
from app.label_rules.versions.shipped import facts_of_case, shipped_rules
from app.label_rules.versions.stored import columns_of_element, columns_of_statement, rules_in_force, rules_of
from app.simulator import founding
from app.simulator.line.label_rules import adopted_rules
from tests.culture.doors import by_api, by_page
from tests.domain.test_statements import CASES
from tests.identity.test_first_run import SITE
from tests.people import ADA, CHLOE, IRIS, QUENTIN, QUINN, SAM, TARA, Person
from tests.world import World, settings_for

SIGNED = (
    "user_id, full_name, role, meaning, statement, record, record_sha256, components, station_id, signed_at,"
    " signed_at_local"
)
WHY = "The sentence was compared with 21 CFR 312.6"


def named(version: int) -> LabelRulesNamed:
    return LabelRulesNamed(version=version)


def drafted(world: World, who: Person = SAM) -> int:
    return world.act(who, commands.draft_label_rules, DraftLabelRules(why=WHY)).version


def statement(version: int, name: str = "LS-09", row_version: int = 1, **changed: object) -> ChangeStatement:
    """A statement of a draft as shipped, with these columns changed."""
    rule = next(one for one in shipped_rules().statements if one.id == name)
    given = columns_of_statement(rule) | {"excludes": " ".join(sorted(rule.excludes))}
    given["status"] = given.pop("citation_status")
    return ChangeStatement.model_validate(
        {"version": version, "statement": name, "row_version": row_version} | given | changed
    )


def element(version: int, name: Element = Element.BLOOD_GROUP, **changed: object) -> ChangeElement:
    rule = next(one for one in shipped_rules().elements if one.element is name)
    return ChangeElement.model_validate(
        {"version": version, "element": name, "row_version": 1} | columns_of_element(rule) | changed
    )


def approval(world: World, who: Person, version: int, **changed: object) -> ApproveLabelRules:
    what = world.read(rules_record, version)
    return ApproveLabelRules.model_validate({"version": version} | world.signed(who, what.sha256) | changed)


@pytest.mark.requirement("REQ-056")
def test_the_approved_rules_of_the_database_pass_the_golden_grid(world: World) -> None:
    rules = world.read(rules_in_force)
    assert rules == shipped_rules()
    for case in CASES:
        if case["valid"] == "yes" and case["advise_switch"] == "off":
            found = requirements(rules, facts_of_case(case)).statements
            shown = [
                f"{one.id}({one.subject}):{one.placement}" if one.subject else f"{one.id}:{one.placement}"
                for one in found
            ]
            assert "|".join(shown) == case["expected"]


def test_a_change_is_a_new_version_that_retires_the_one_before(world: World) -> None:
    version = drafted(world)
    world.act(SAM, commands.change_statement, statement(version, switch=Switch.OFF, status=CitationStatus.PUBLISHED))
    world.act(SAM, commands.change_element, element(version, distribution=Placement.ATTACHED))
    assert world.read(rules_in_force) == shipped_rules()
    assert adopted_rules(world, version) == 2
    rules = world.read(rules_in_force)
    changed = next(rule for rule in rules.statements if rule.id == "LS-09")
    assert (rules.version, changed.switch, changed.status) == (2, Switch.OFF, CitationStatus.PUBLISHED)
    blood = next(rule for rule in rules.elements if rule.element is Element.BLOOD_GROUP)
    assert blood.placements[Stage.DISTRIBUTION] is Placement.ATTACHED
    assert world.read(rules_of, 1) == shipped_rules()
    assert world.rows("SELECT version, state FROM label_rule_set ORDER BY version") == [
        (1, "retired"),
        (2, "approved"),
    ]
    record = "SELECT count(*) FROM signature WHERE record_of = 'label_rules:2' AND meaning = 'approved'"
    assert world.rows(record) == [(1,)]


@pytest.mark.requirement("REQ-010")
def test_neither_author_nor_proposer_approves(sqlite_world: World) -> None:
    world = sqlite_world
    version = drafted(world, QUINN)
    assert (
        world.refused(QUENTIN, commands.approve_label_rules, approval(world, QUENTIN, version)).code == "not_proposed"
    )
    assert world.refused(SAM, commands.propose_label_rules, named(version)).code == "another_author"
    world.act(QUINN, commands.propose_label_rules, named(version))
    own = approval(world, QUINN, version)
    assert world.refused(QUINN, commands.approve_label_rules, own).code == "author_approves"
    door = f"/label-rules/{version}/approve"
    assert by_api(world, QUINN, door, own, secret=QUINN.pin) == (409, "author_approves")
    assert by_page(world, QUINN, door, own, secret=QUINN.pin)[0] == 409
    assert "Somebody else of QA approves it" in world.client(QUINN).get(f"/label-rules/{version}").text
    for who in (SAM, TARA, CHLOE, ADA, IRIS):
        asked = approval(world, QUENTIN, version)
        assert world.refused(who, commands.approve_label_rules, asked).code == "not_permitted"
    seen = approval(world, QUENTIN, version)
    world.act(QUINN, commands.change_statement, statement(version, switch=Switch.OFF))
    assert world.refused(QUENTIN, commands.approve_label_rules, seen).code == "not_proposed"
    world.act(QUINN, commands.propose_label_rules, named(version))
    assert world.refused(QUENTIN, commands.approve_label_rules, seen).code == "record_changed"
    world.act(QUENTIN, commands.approve_label_rules, approval(world, QUENTIN, version))
    again = statement(version, row_version=2)
    assert world.refused(QUINN, commands.change_statement, again).code == "not_a_draft"


def test_a_draft_is_its_authors_and_begins_from_the_version_in_force(sqlite_world: World) -> None:
    world = sqlite_world
    first, second = drafted(world), drafted(world, QUINN)
    assert world.refused(QUENTIN, commands.change_statement, statement(first)).code == "another_author"
    assert world.refused(TARA, commands.draft_label_rules, DraftLabelRules(why=WHY)).code == "not_permitted"
    assert world.refused(SAM, commands.draft_label_rules, DraftLabelRules(why="change")).code == "reason_required"
    stale = statement(first, row_version=7)
    assert world.refused(SAM, commands.change_statement, stale).code == "record_changed"
    assert world.refused(SAM, commands.change_statement, statement(first, "LS-15")).code == "product_statement"
    world.act(SAM, commands.propose_label_rules, named(first))
    world.act(QUENTIN, commands.approve_label_rules, approval(world, QUENTIN, first))
    late = world.refused(QUINN, commands.propose_label_rules, named(second))
    assert late.code == "based_on_another_version"
    assert world.refused(SAM, commands.propose_label_rules, named(9)).code == "no_such_version"


BY_SQL = [
    ("UPDATE label_statement_rule SET text = 'Harmless' WHERE statement = 'LS-09'", "rules_not_in_draft"),
    ("UPDATE label_element_rule SET distribution = NULL WHERE element = 'expiry'", "rules_not_in_draft"),
    ("UPDATE label_statement_rule SET rule_set_id = 2", "fixed|rules_not_in_draft"),
    ("DELETE FROM label_statement_rule", "nothing_is_deleted"),
    ("DELETE FROM label_rule_set", "nothing_is_deleted"),
    ("UPDATE label_rule_set SET state = 'draft' WHERE version = 1", "version_state|approved_rules_stand"),
    ("UPDATE label_rule_set SET approved_by_id = 1 WHERE version = 1", "approved_rules_stand|rules_not_signed"),
    ("UPDATE label_rule_set SET author_id = 1 WHERE version = 2", "fixed"),
    ("UPDATE label_rule_set SET state = 'retired' WHERE version = 2", "version_state"),
    (
        "UPDATE label_rule_set SET state = 'approved', approved_by_id = author_id, approved_at = written_at,"
        " proposed_by_id = 1, proposed_at = written_at,"
        " signature_id = (SELECT signature_id FROM label_rule_set WHERE version = 1) WHERE version = 2",
        "approved_by_another|rules_not_signed",
    ),
    (
        "UPDATE label_rule_set SET state = 'approved', approved_by_id = 5, approved_at = written_at,"
        " proposed_by_id = author_id, proposed_at = written_at,"
        " signature_id = (SELECT signature_id FROM label_rule_set WHERE version = 1) WHERE version = 2",
        "rules_not_signed",
    ),
    (
        "UPDATE label_statement_rule SET text = 'x' WHERE rule_set_id = 2 AND statement = 'LS-15'",
        "product_statement",
    ),
]


@pytest.mark.requirement("REQ-056")
def test_no_sql_changes_what_was_approved_or_approves_a_draft(world: World) -> None:
    drafted(world)
    for statement, guard in BY_SQL:
        with pytest.raises(DBAPIError, match=guard):
            world.sql(statement)
    assert world.read(rules_in_force) == shipped_rules()


def test_two_versions_are_never_in_force(world: World) -> None:
    """Not even where somebody forged a signature of QA under the second one: the one before must retire first."""
    drafted(world)
    world.sql("INSERT INTO signature (id, record_of, " + SIGNED + ") SELECT 9000, 'label_rules:2', " + SIGNED
              + " FROM signature WHERE record_of = 'label_rules:1'")  # fmt: skip
    with pytest.raises(DBAPIError, match=r"uq_label_rule_set_in_force|UNIQUE constraint failed: label_rule_set\.state"):
        world.sql(
            "UPDATE label_rule_set SET state = 'approved', proposed_by_id = author_id, proposed_at = written_at,"
            " signature_id = 9000, approved_by_id = (SELECT user_id FROM signature WHERE id = 9000),"
            " approved_at = (SELECT signed_at FROM signature WHERE id = 9000) WHERE version = 2"
        )
    with pytest.raises(DBAPIError, match="version_state"):
        world.sql("UPDATE label_rule_set SET state = 'retired' WHERE version = 2")


def test_without_an_approved_version_there_are_no_rules(sqlite_world: World) -> None:
    sqlite_world.sql("UPDATE label_rule_set SET state = 'retired'")
    with pytest.raises(WrongState, match="No label rules are approved"):
        sqlite_world.read(rules_in_force)


def test_a_new_site_begins_with_a_draft_that_nobody_there_wrote(tmp_path: Path) -> None:
    said = CliRunner().invoke(cli, ["init", *SITE, "--data-dir", str(tmp_path)])
    assert "No label prints yet" in said.output
    database, _ = founding.open_database(settings_for(tmp_path))
    with database.reading() as db:
        assert rules_of(db, 1) == shipped_rules()
        head = db.execute(text("SELECT state, author_id, proposed_by_id, why FROM label_rule_set")).one()
        assert tuple(head) == ("draft", None, None, commands.SHIPPED_WHY)
        with pytest.raises(WrongState, match="No label rules are approved"):
            rules_in_force(db)
    database.dispose()
