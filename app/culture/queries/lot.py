"""The page of a product lot: what it is, its bags, and what each still needs. The decision is the release desk's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, Row, Select, select

from app.culture.queries.head import Head, Next, Stage, head_of, next_of, stages
from app.culture.queries.record import open_deviations
from app.db.models import Bag, Culture, Label, Place, ProductLot, User
from app.db.types import in_words
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.states import BagState, LabelState, LotState
from app.patients.queries.acts import Act, may
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import Chip, chip
from app.web import formats


@dataclass(frozen=True, slots=True)
class BagRow:
    """One bag of the lot. `label` is its act at the printer, None for who has none there or when it wears one."""

    code: str
    code_text: str
    title: str
    content: Markup
    where: str
    chip: Chip
    label: Act | None


@dataclass(frozen=True, slots=True)
class LotPage:
    """A product lot with its bags. `next` comes from its culture; `decide` leads who may to the release desk."""

    patient: Banner
    code: str
    code_text: str
    chip: Chip
    stages: tuple[Stage, ...]
    next: Next
    decide: Act | None
    culture_code: str
    facts: tuple[tuple[str, str | Markup], ...]
    bags: tuple[BagRow, ...]
    deviations: tuple[str, ...]


def lot_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> LotPage:
    """The page of a lot, or the refusal that it is not on file. At most seven statements."""
    look = select(ProductLot.__table__, Culture.code.label("culture_code"))
    lot = db.execute(
        look.join(Culture, Culture.id == ProductLot.culture_id).where(ProductLot.code == code)
    ).one_or_none()
    if lot is None:
        raise NotFound("not_on_file", f"No product lot is on file under {display(code)}. Check the code.")
    head = head_of(db, lot.culture_code)
    can_decide = lot.state in _DECIDED and may(actor, Action.REVIEW_RECORD)
    return LotPage(
        patient=banner_of_course(db, head.course_code, now, zone),
        code=code,
        code_text=display(code),
        chip=chip(lot.state),
        stages=stages(head),
        next=_next(head, actor, now),
        decide=Act(f"/release/{code}", "Open release desk") if can_decide else None,
        culture_code=head.code,
        facts=tuple(_facts(lot, now, zone)),
        bags=tuple(_bag(row, actor) for row in db.execute(_bags(lot.id))),
        deviations=open_deviations(db, head.code, head.id),
    )


_DECIDED: Final = frozenset(LotState) - {LotState.IN_PROCESS}


def _next(head: Head, actor: Actor, now: datetime) -> Next:
    """What the lot needs: bags are filled, then labelled one by one, then it is complete."""
    if head.formulated_at is not None and head.bare_bags:
        count = formats.count(head.bare_bags, "bag has its label", "bags have their labels")
        return Next(missing="Complete lot", why=f"after {count}")
    return next_of(head, actor, now)


def _facts(lot: Row[*tuple[object, ...]], now: datetime, zone: str) -> Iterator[tuple[str, str | Markup]]:
    yield "Harvested", formats.moment(lot.harvested_at, zone, now)
    yield "Viable cells harvested", formats.cells(lot.harvested_viable_cells)
    if lot.formulated_at is not None:
        yield "Filled", formats.moment(lot.formulated_at, zone, now)
        yield "In bags", formats.cells(lot.viable_cells, "viable cells")
        yield "In words", formats.cells_in_words(lot.viable_cells, "viable cells")
        yield "Volume", formats.dose(Decimal(lot.volume_ul) / 1000, "mL")
    if lot.viability_percent is not None:
        yield "Viability", formats.percent(lot.viability_percent, 1, Decimal(70), Decimal(80))
    if lot.expires_at is not None:
        yield "Expires", f"{formats.moment(lot.expires_at, zone, now)}, {_until(lot.expires_at, now)}"


def _until(at: datetime, now: datetime) -> str:
    return formats.relative(at, now) if at > now else f"{formats.span(now - at)} ago"


def _bags(lot_id: int) -> Select[*tuple[object, ...]]:
    applied = select(Label.print_number).where(Label.bag_id == Bag.id, Label.state == in_words(LabelState.APPLIED))
    return (
        select(
            Bag.__table__,
            User.full_name.label("holder"),
            Place.name.label("place"),
            applied.limit(1).scalar_subquery().label("print_number"),
        )
        .join(User, User.id == Bag.holder_id)
        .join(Place, Place.id == Bag.place_id)
        .where(Bag.product_lot_id == lot_id)
        .order_by(Bag.division)
    )


def _bag(row: Row[*tuple[object, ...]], actor: Actor) -> BagRow:
    is_bare = row.state is BagState.FILLED and may(actor, Action.PRINT_LABEL)
    return BagRow(
        code=row.code,
        code_text=display(row.code),
        title=f"Bag {row.division}",
        content=formats.cells(row.viable_cells, "viable cells")
        + Markup(" in {}").format(formats.dose(Decimal(row.volume_ul) / 1000, "mL")),
        where=f"{row.place}, {formats.short_person(row.holder)}",
        chip=chip(row.state),
        label=Act(f"/labels/{row.code}", "Label bag") if is_bare else None,
    )
