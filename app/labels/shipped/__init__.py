"""The layouts of labels shipped with this release, version 1 of each kind: one file each, checked when first read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from app.domain.labels.spec import LabelKind
from app.domain.labels.template import Template

TEMPLATE: TypeAdapter[Template] = TypeAdapter(Template)
_HERE = Path(__file__).parent


@cache
def shipped(kind: LabelKind) -> Template:
    """The shipped layout of a kind. The test label of a printer has none: it is as large as the stock."""
    return TEMPLATE.validate_json((_HERE / f"{kind.value}.json").read_bytes())
