"""After `upgrade head` the database is exactly what the models and guards say, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.db import triggers
from app.db.base import Base
from app.db.models import __all__ as table_names
from app.ledger.columns import Written, audited_models, recorded_columns, written
from tests.world import World


def test_the_migrated_schema_equals_the_models(world: World) -> None:
    with world.database.writer.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_installed_triggers_are_the_wanted_ones(world: World) -> None:
    with world.database.writer.connect() as db:
        assert triggers.installed(db) == set(triggers.wanted(db.dialect.name))


@pytest.mark.requirement("REQ-130")
def test_history_is_owned_by_no_row_it_describes() -> None:
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            assert key.ondelete is None, f"{key} would cascade"
            assert key.onupdate is None, f"{key} would cascade"


@pytest.mark.requirement("REQ-131")
def test_every_table_is_recorded_or_says_why_not() -> None:
    for mapper in Base.registry.mappers:
        model = mapper.class_
        assert model.__name__ in table_names, f"{model.__name__} is not exported"
        assert (model.__stream__ is None) == (model.__exempt__ is not None), f"{model.__name__}: stream or exemption"
        if model.__exempt__ is None and not model.__append_only__:
            assert "row_version" in model.__table__.columns, f"{model.__name__} changes without a version"


def test_every_text_column_says_how_the_ledger_writes_it() -> None:
    for name, model in audited_models().items():
        for column in recorded_columns(model):
            if written(column) is Written.PERSONAL:
                assert column.info.get("ledger") == "personal", f"{name}.{column.name} does not say it is personal"


@pytest.mark.requirement("REQ-101")
def test_the_patient_travels_in_every_key_of_the_line() -> None:
    line = """collection culture culture_input product_lot bag sample test_run label print_job custody_event
        release_decision decision_bag dose_order bedside_check infusion"""
    for name in line.split():
        table = Base.metadata.tables[name]
        assert not table.columns["course_id"].nullable
        assert not table.columns["patient_id"].nullable
        parents = [key for key in table.foreign_key_constraints if "patient_id" in key.column_keys]
        assert parents, f"{name} is bound to nothing"
