"""The requirements that tests carry are those of the project's table."""

from __future__ import annotations

from tools.traceability import carried, requirements


def test_every_requirement_a_test_names_is_in_the_table() -> None:
    tests = carried()
    assert tests.keys() <= requirements().keys()
    assert len(tests) >= 81, "a requirement lost its last test"
