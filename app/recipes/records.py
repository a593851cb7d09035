"""What QA signs when approving a document: the whole document, as the page shows it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.db.models import Recipe, Specification, SpecificationCriterion
from app.domain.errors import NotFound
from app.domain.recipes import plain
from app.domain.signing import Meaning, RecordValue, canonical_record, statement
from app.identity.signing import Signable
from app.recipes.pinned import document_of

_LEFT_OUT = frozenset({"id", "row_version", "state", "approved_by_id", "approved_at", "signature_id", "author_id"})


def recipe_record(db: Connection, name: str, version: int) -> Signable:
    """The recipe as it is signed: the whole document."""
    return _signable("recipe", name, version, _recipe(db, name, version))


def retirement_record(db: Connection, name: str, version: int) -> Signable:
    """The same document, as it is taken out of use."""
    said = statement(Meaning.APPROVED, f"that recipe {name}, version {version}, opens no culture any more")
    body = {"out_of_use": True, **_recipe(db, name, version)}
    return Signable(Meaning.APPROVED, said, f"recipe-out-of-use:{name}:{version}", canonical_record(body).decode())


def _recipe(db: Connection, name: str, version: int) -> dict[str, RecordValue]:
    table = Recipe.__table__
    row = db.execute(select(table).where(table.c.name == name, table.c.version == version)).mappings().one_or_none()
    if row is None:
        raise NotFound("no_such_version", f"There is no version {version} of {name}.")
    body: dict[str, RecordValue] = {key: value for key, value in row.items() if key not in _LEFT_OUT}
    return body | {"document": plain(document_of(row["document"], row["document_sha256"]))}


def row_version_of(db: Connection, name: str, version: int) -> int:
    """How often a version was changed, for whoever changes it next."""
    look = select(Recipe.row_version).where(Recipe.name == name, Recipe.version == version)
    return db.execute(look).scalar_one()


def specification_record(db: Connection, name: str, version: int) -> Signable:
    """The specification with all its criteria as it is signed."""
    head, rows = Specification.__table__, SpecificationCriterion.__table__
    row = db.execute(select(head).where(head.c.name == name, head.c.version == version)).mappings().one_or_none()
    if row is None:
        raise NotFound("no_such_version", f"There is no version {version} of {name}.")
    criteria = db.execute(select(rows).where(rows.c.specification_id == row["id"]).order_by(rows.c.position)).mappings()
    body: dict[str, RecordValue] = {key: value for key, value in row.items() if key not in _LEFT_OUT}
    body["criteria"] = [
        {key: value for key, value in one.items() if key not in {"id", "specification_id"}} for one in criteria
    ]
    return _signable("specification", name, version, body)


def _signable(kind: str, name: str, version: int, body: dict[str, RecordValue]) -> Signable:
    said = statement(Meaning.APPROVED, f"{kind} {name}, version {version}")
    return Signable(Meaning.APPROVED, said, f"{kind}:{name}:{version}", canonical_record(body).decode())
