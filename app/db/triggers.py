"""Triggers for SQLite and PostgreSQL, made from the models and `app.db.guards`. Reinstalled after each migration.

What they keep: append-only tables, no deletion, columns that never change, the transition tables of
`app.domain.states`, the guards; and on SQLite, where foreign keys can be switched off per connection, every composite
foreign key again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, ForeignKeyConstraint, Table, text

from app.db.guards import GUARDS, Guard
from app.db.models import Base
from app.domain.states import INITIAL_STATES, TRANSITIONS

MARK = "veinline:"
"""Every refusal of a trigger begins with this, followed by its code and its table."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A named trigger of one table with the statements that create it."""

    name: str
    table: str
    create: tuple[str, ...]


def wanted(dialect: str) -> dict[str, Trigger]:
    """All triggers the models ask for on this dialect, by name."""
    guards = [*GUARDS, *_transition_guards(), *_fixed_guards(), *_append_only_guards()]
    if dialect == "sqlite":
        guards += [*_foreign_key_guards(), *_replace_guards()]
    names: dict[str, int] = {}
    triggers = []
    for guard in guards:
        stem = f"tr_{guard.table}_{guard.code}_{guard.event.lower()}"[:58]
        names[stem] = names.get(stem, 0) + 1
        name = stem if names[stem] == 1 else f"{stem}_{names[stem]}"
        triggers.append(Trigger(name, guard.table, _statements(dialect, name, guard)))
    if dialect == "postgresql":
        triggers += _truncate_triggers()
    return {trigger.name: trigger for trigger in triggers}


def installed(db: Connection) -> set[str]:
    """Names of our triggers that stand in the database now."""
    if db.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tr\\_%' ESCAPE '\\'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'tr\\_%'"
    return set(db.execute(text(query)).scalars())


def missing(db: Connection) -> list[str]:
    """Names of wanted triggers that do not stand as they should: absent, switched off, or with another rule."""
    standing = {row.name: tuple(row)[1:] for row in db.execute(_STANDING[db.dialect.name])}
    return [
        name
        for name, trigger in sorted(wanted(db.dialect.name).items())
        if standing.get(name) != _standing(db.dialect.name, trigger)
    ]


def install(db: Connection) -> None:
    """Drop our triggers and create the wanted ones; called at the end of every upgrade."""
    postgresql = db.dialect.name == "postgresql"
    for name in sorted(installed(db)):
        if postgresql:
            db.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
        else:
            db.exec_driver_sql(f"DROP TRIGGER {name}")
    for trigger in wanted(db.dialect.name).values():
        for statement in trigger.create:
            db.exec_driver_sql(statement)


_STANDING: Final = {
    "sqlite": text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"),
    "postgresql": text(
        "SELECT t.tgname AS name, p.prosrc, pg_get_triggerdef(t.oid, true), t.tgenabled::text,"
        " current_setting('session_replication_role') FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal"
    ),
}
"""Every trigger as it stands now, with its rule; on PostgreSQL also whether anything keeps it from firing."""


def _standing(dialect: str, trigger: Trigger) -> tuple[str, ...]:
    """What the database answers for a trigger that stands as it should."""
    if dialect == "sqlite":
        return trigger.create
    function, create = trigger.create
    return function.split("$$")[1], create, "O", "origin"


_SECONDS: Final = re.compile(r"SECONDS\(([\w.]+), ([\w.]+)\)")
_SECONDS_IN: Final = {
    "sqlite": r"round((julianday(\2) - julianday(\1)) * 86400, 3)",
    "postgresql": r"extract(epoch FROM \2 - \1)",
}
"""How each database counts the seconds from one instant to another; SQLite to the millisecond."""


def _statements(dialect: str, name: str, guard: Guard) -> tuple[str, ...]:
    message = f"{MARK}{guard.code}:{guard.table}"
    must_hold = _SECONDS.sub(_SECONDS_IN[dialect], guard.must_hold)
    if dialect == "sqlite":
        return (
            f"CREATE TRIGGER {name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW"
            f" WHEN ({guard.when}) AND (({must_hold}) IS NOT TRUE)"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END",
        )
    answer = "OLD" if guard.event == "DELETE" else "NEW"
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF ({guard.when}) AND (({must_hold}) IS NOT TRUE) THEN"
        f" RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; RETURN {answer}; END $$",
        f"CREATE TRIGGER {name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def _models() -> Iterator[tuple[type[Base], Table]]:
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__tablename__):
        table = mapper.local_table
        assert isinstance(table, Table)
        yield mapper.class_, table


def _append_only_guards() -> Iterator[Guard]:
    for model, table in _models():
        if model.__append_only__:
            yield Guard("append_only", table.name, "UPDATE", "1 = 0")
        if model.__append_only__ or model.__exempt__ is None:
            yield Guard("nothing_is_deleted", table.name, "DELETE", "1 = 0")


def _replace_guards() -> Iterator[Guard]:
    """INSERT OR REPLACE would slip past a DELETE trigger."""
    for model, table in _models():
        if model.__append_only__ or model.__exempt__ is None:
            there = f"SELECT 1 FROM {table.name} t WHERE t.id = NEW.id"
            yield Guard("no_replace", table.name, "INSERT", f"NOT EXISTS ({there})", when="NEW.id IS NOT NULL")


def _fixed_guards() -> Iterator[Guard]:
    for model, table in _models():
        if model.__fixed__ and not model.__append_only__:
            same = [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in ("id", *model.__fixed__)]
            yield Guard("fixed", table.name, "UPDATE", " AND ".join(same))


def _transition_guards() -> Iterator[Guard]:
    for table, pairs in sorted(TRANSITIONS.items()):
        listed = " OR ".join(f"(OLD.state = '{a}' AND NEW.state = '{b}')" for a, b in sorted(pairs))
        yield Guard("transition", table, "UPDATE", f"NEW.state = OLD.state OR {listed}")
        yield Guard("initial_state", table, "INSERT", f"NEW.state = '{INITIAL_STATES[table]}'")


def _foreign_key_guards() -> Iterator[Guard]:
    for _model, table in _models():
        keys = [key for key in table.constraints if isinstance(key, ForeignKeyConstraint) and len(key.elements) > 1]
        for key in sorted(keys, key=lambda key: str(key.column_keys)):
            there = " AND ".join(f"p.{e.column.name} = NEW.{e.parent.name}" for e in key.elements)
            given = " AND ".join(f"NEW.{e.parent.name} IS NOT NULL" for e in key.elements)
            parent = key.elements[0].column.table.name
            rule = f"EXISTS (SELECT 1 FROM {parent} p WHERE {there})"
            yield Guard("wrong_line", table.name, "INSERT", rule, when=given)
            yield Guard("wrong_line", table.name, "UPDATE", rule, when=given)


def _truncate_triggers() -> Iterator[Trigger]:
    for model, table in _models():
        if model.__append_only__ or model.__exempt__ is None:
            name = f"tr_{table.name}_truncate"
            yield Trigger(
                name,
                table.name,
                (
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    f" RAISE EXCEPTION '{MARK}nothing_is_deleted:{table.name}'"
                    " USING ERRCODE = 'check_violation'; END $$",
                    f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table.name} FOR EACH STATEMENT"
                    f" EXECUTE FUNCTION {name}()",
                ),
            )
