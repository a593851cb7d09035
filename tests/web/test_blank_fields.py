"""A field a person may leave empty can be left empty: a form sends it as a blank."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

import app.main
from app.web.forms import Request

assert app.main, "importing it loads every request"
NO_FORM = "GivenCriterion."
"""Arrives as JSON only."""


def optional_fields(model: type[Request] = Request) -> Iterator[tuple[str, FieldInfo]]:
    """Every field of every request that may be nothing."""
    for name, field in model.model_fields.items():
        if not field.is_required() and field.default is None:
            yield f"{model.__name__}.{name}", field
    for each in model.__subclasses__():
        yield from optional_fields(each)


FIELDS = {name: field for name, field in optional_fields() if not name.startswith(NO_FORM)}


@pytest.mark.parametrize("name", FIELDS)
def test_an_optional_field_takes_a_blank_as_nothing(name: str) -> None:
    field = FIELDS[name]
    adapter = TypeAdapter(Annotated.__class_getitem__((field.annotation, *field.metadata)))
    assert not adapter.validate_python("")
