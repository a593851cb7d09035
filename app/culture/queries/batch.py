"""The page of one culture: where it stands, what comes next, and its whole record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, select

from app.culture.queries.head import Head, Next, Stage, head_of, next_of, stages
from app.culture.queries.record import (
    BalanceRow,
    InputRow,
    StepRow,
    balance_of,
    inputs_of,
    open_deviations,
    steps_of,
)
from app.culture.records import culture_close, culture_stop
from app.db.models import Equipment, MaterialLot, VesselGroup
from app.domain.actor import Actor
from app.domain.roles import Action
from app.domain.states import CULTURE, CultureAct, CultureState
from app.domain.vocabulary import Il2Unit
from app.identity.signing import Signable
from app.patients.queries.acts import may
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import Chip, chip
from app.web import formats


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A culture. `stop` and `close` are there for who may sign them now; `lot_code` once it was harvested."""

    patient: Banner
    code: str
    code_text: str
    title: str
    row_version: int
    chip: Chip
    stages: tuple[Stage, ...]
    next: Next
    facts: tuple[tuple[str, str | Markup], ...]
    inputs: tuple[InputRow, ...]
    steps: tuple[StepRow, ...]
    balance: tuple[BalanceRow, ...]
    deviations: tuple[str, ...]
    lot_code: str
    can_label: bool
    stop: Signable | None
    close: Signable | None


def batch_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> BatchPage:
    """The page of a culture, or the refusal that it is not on file. At most sixteen statements."""
    head = head_of(db, code)
    can_stop = (head.state, CultureAct.STOP) in CULTURE.rows and may(actor, Action.STOP_CULTURE)
    is_over = head.state is CultureState.FORMULATED and head.open_bags == 0
    can_close = is_over and may(actor, Action.CLOSE_CULTURE)
    return BatchPage(
        patient=banner_of_course(db, head.course_code, now, zone),
        code=code,
        code_text=head.text,
        title=head.title,
        row_version=head.row_version,
        chip=chip(head.state),
        stages=stages(head),
        next=next_of(head, actor, now),
        facts=tuple(_facts(db, head, now, zone)),
        inputs=inputs_of(db, head.id),
        steps=steps_of(db, head.id, now, zone),
        balance=balance_of(db, head.id),
        deviations=open_deviations(db, code, head.id),
        lot_code=head.lot_code or "",
        can_label=head.state is CultureState.INCUBATING and may(actor, Action.PRINT_LABEL),
        stop=culture_stop(db, code) if can_stop else None,
        close=culture_close(db, code) if can_close else None,
    )


def il2_text(value: Decimal, unit: Il2Unit, iu: Decimal | None) -> str:
    """`1,500 Cetus units/mL (9,000 IU/mL)`."""
    if unit is Il2Unit.IU or iu is None:
        return formats.il2(value, f"{_UNITS[unit]}/mL")
    return formats.il2(value, f"{_UNITS[unit]}/mL", formats.dose(iu, "IU/mL"))


_UNITS: Final = {unit: f"{unit.value} units" for unit in Il2Unit} | {Il2Unit.IU: "IU"}


def _facts(db: Connection, head: Head, now: datetime, zone: str) -> Iterator[tuple[str, str | Markup]]:
    yield "Recipe", f"{head.recipe}, version {head.recipe_version}"
    yield "Specification", f"{head.specification}, version {head.specification_version}"
    yield "Opened", formats.moment(head.opened_at, zone, now)
    if head.bench is not None:
        yield "Stands open at", head.bench
    if head.seeded_at is not None:
        day = f", day {(now - head.seeded_at).days} now" if head.state is CultureState.INCUBATING else ""
        yield "Seeded", f"{formats.moment(head.seeded_at, zone, now)}{day}"
        yield from _of_group(db, head)
    if head.window is not None and head.harvested_at is None:
        yield "Harvest", formats.window(*head.window, zone, now)
    if head.harvested_at is not None:
        yield "Harvested", formats.moment(head.harvested_at, zone, now)


def _of_group(db: Connection, head: Head) -> Iterator[tuple[str, str | Markup]]:
    look = (
        select(VesselGroup.__table__, MaterialLot.name.label("il2_lot"), Equipment.name.label("incubator"))
        .join(MaterialLot, MaterialLot.id == VesselGroup.il2_lot_id)
        .join(Equipment, Equipment.id == VesselGroup.incubator_id)
        .where(VesselGroup.culture_id == head.id)
    )
    group = db.execute(look).one()
    gone = group.vessel_count - head.growing
    lost = f", {gone} taken out" if gone and head.harvested_at is None else ""
    yield "Vessels", f"{group.vessel_count}{lost}"
    volume = formats.dose(Decimal(group.volume_each_ul) / 1000, "mL")
    yield "In each", Markup("{} in {}").format(formats.cells(group.viable_cells_each, "viable cells"), volume)
    yield "IL-2", f"{il2_text(group.il2_per_ml, group.il2_unit, group.il2_iu_per_ml)}, {group.il2_lot}"
    yield "Incubator", group.incubator
