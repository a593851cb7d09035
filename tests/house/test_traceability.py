"""The requirements that tests carry are those of the project's table."""

from __future__ import annotations

from tools.traceability import carried, marks, requirements

MARKED = """
pytestmark = [pytest.mark.browser, pytest.mark.requirement("REQ-001")]

@pytest.mark.requirement("REQ-002")
@pytest.mark.requirement("REQ-003")
def test_one(): ...

def test_two(): ...

def no_test(): ...
"""


def test_every_requirement_a_test_names_is_in_the_table() -> None:
    assert carried().keys() <= requirements().keys()


def test_a_mark_counts_on_its_test_and_the_mark_of_a_module_on_all_its_tests() -> None:
    assert sorted(marks(MARKED)) == [
        ("REQ-001", "test_one"),
        ("REQ-001", "test_two"),
        ("REQ-002", "test_one"),
        ("REQ-003", "test_one"),
    ]
