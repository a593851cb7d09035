"""Labels look as they did when somebody last looked at them."""

from __future__ import annotations

import json

import pytest

from tests.labels.pictures import APPROVED, fingerprints

LOOKED_AT: dict[str, str] = json.loads(APPROVED.read_text())


def test_every_kind_was_looked_at() -> None:
    assert sorted(fingerprints()) == sorted(LOOKED_AT)


@pytest.mark.requirement("REQ-011")
@pytest.mark.parametrize("kind", LOOKED_AT)
def test_a_kind_of_label_looks_as_it_was_approved(kind: str) -> None:
    assert fingerprints()[kind] == LOOKED_AT[kind], (
        f"The {kind} label looks different. Run tools/label_pictures.py, look at it, and raise the template version"
        " where labels of the old look are in use."
    )
