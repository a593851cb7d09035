"""One collection: what is on record, where it stands, and the one act that comes next for this person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, Row, exists, select

from app.collection.queries.receipt import Receipt, receipt_of
from app.collection.records import quarantine_acceptance, rejection
from app.db.models import Collection, Course, Culture, CultureInput, Deviation, Equipment, Label, MaterialLot, User
from app.db.types import in_words
from app.domain.actor import Actor
from app.domain.culture_arithmetic import collection_efficiency
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action, Role
from app.domain.states import CollectionState, LabelState
from app.domain.vocabulary import DeviationState
from app.identity.signing import Signable
from app.patients.queries.acts import Act, may
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import Chip, chip
from app.web import formats


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the stepper: done, now or later."""

    word: str
    state: str


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A collection. `form` is the template of the next act, or `missing` says who does it; `stops` are ways out.

    `culture` leads on from an accepted collection: to the culture that takes it, or to opening one.
    """

    patient: Banner
    code: str
    code_text: str
    course_code: str
    row_version: int
    title: str
    chip: Chip
    stages: tuple[Stage, ...]
    facts: tuple[tuple[str, str | Markup], ...]
    receipt: Receipt | None
    deviations: tuple[str, ...]
    form: str
    missing: str
    culture: Act | None
    stops: tuple[str, ...]
    rejection: Signable | None
    acceptance: Signable | None


def collection_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> CollectionPage:
    """The page of a collection, or the refusal that it is not on file. At most ten statements."""
    found = _collection(db, code)
    state: CollectionState = found.state
    step = _step(db, found)
    form, missing = _next_act(step, actor)
    may_reject = state in _RECEIVED and may(actor, Action.REJECT_COLLECTION)
    may_accept = form == "quarantined"
    return CollectionPage(
        patient=banner_of_course(db, found.course_code, now, zone),
        code=code,
        code_text=display(code),
        course_code=found.course_code,
        row_version=found.row_version,
        title=f"Collection {found.number}",
        chip=chip(state),
        stages=_stages(step),
        facts=tuple(_facts(found, now, zone)),
        receipt=receipt_of(db, found.id, now, zone),
        deviations=_open_deviations(db, found),
        form=f"collection/_{form}.html" if form else "",
        missing=missing,
        culture=_culture(db, found, actor),
        stops=tuple(_stops(state, actor)),
        rejection=rejection(db, code) if may_reject else None,
        acceptance=quarantine_acceptance(db, code) if may_accept else None,
    )


_RECEIVED: Final = {CollectionState.RECEIVED, CollectionState.QUARANTINED}
_STEPS: Final = (
    ("start", "Start", Action.PERFORM_COLLECTION),
    ("yield", "Enter yield", Action.PERFORM_COLLECTION),
    ("label", "Label", Action.PRINT_LABEL),
    ("finish", "Finish", Action.PERFORM_COLLECTION),
    ("receive", "Receive", Action.RECEIVE_COLLECTION),
    ("accept", "Accept", Action.ACCEPT_COLLECTION),
)
"""The stages of a collection: key and template, word, and the right that does it."""


def _collection(db: Connection, code: str) -> Row[*tuple[object, ...]]:
    names = {
        word: select(User.full_name).where(User.id == column).scalar_subquery().label(word)
        for word, column in (
            ("performed_by", Collection.performed_by_id),
            ("checked_by", Collection.checked_by_id),
            ("accepted_by", Collection.accepted_by_id),
            ("accepted_with", Collection.accepted_with_id),
        )
    }
    found = db.execute(
        select(
            Collection.__table__,
            Course.code.label("course_code"),
            Equipment.name.label("separator"),
            MaterialLot.maker_lot.label("kit"),
            *names.values(),
        )
        .join(Course, Course.id == Collection.course_id)
        .join(Equipment, Equipment.id == Collection.separator_id, isouter=True)
        .join(MaterialLot, MaterialLot.id == Collection.kit_lot_id, isouter=True)
        .where(Collection.code == code)
    ).one_or_none()
    if found is None:
        raise NotFound("not_on_file", f"No collection is on file under {display(code)}. Check the code.")
    return found


def _step(db: Connection, found: Row[*tuple[object, ...]]) -> str:
    """Where the collection stands among the steps; "" when nothing comes next."""
    match found.state:
        case CollectionState.PLANNED:
            return "start"
        case CollectionState.IN_PROGRESS if found.yield_entered_at is None:
            return "yield"
        case CollectionState.IN_PROGRESS:
            applied = Label.collection_id == found.id, Label.state == in_words(LabelState.APPLIED)
            is_current = exists().where(*applied, Label.requested_at >= found.yield_entered_at)
            return "finish" if db.execute(select(is_current)).scalar_one() else "label"
        case CollectionState.COLLECTED:
            return "receive"
        case CollectionState.RECEIVED:
            return "accept"
        case CollectionState.QUARANTINED:
            return "quarantined"
    return ""


def _next_act(step: str, actor: Actor) -> tuple[str, str]:
    """The form of the next act, or the words that say whose it is."""
    if step == "quarantined":
        return (
            ("quarantined", "") if Role.QA in actor.roles else ("", "QA judges the deviation, then accepts or rejects.")
        )
    for key, word, action in _STEPS:
        if key == step:
            return (key, "") if may(actor, action) else ("", f"Next: {word.lower()}, by {_WHO[action]}.")
    return "", ""


_WHO: Final = {
    Action.PERFORM_COLLECTION: "a nurse, clinician or technician",
    Action.PRINT_LABEL: "a technician",
    Action.RECEIVE_COLLECTION: "a technician",
    Action.ACCEPT_COLLECTION: "two technicians",
}


def _culture(db: Connection, found: Row[*tuple[object, ...]], actor: Actor) -> Act | None:
    """By ix_culture_input_collection_id."""
    if found.state not in {CollectionState.ACCEPTED, CollectionState.CONSUMED}:
        return None
    takes = select(Culture.code).join(CultureInput, CultureInput.culture_id == Culture.id)
    newest = takes.where(CultureInput.collection_id == found.id).order_by(Culture.id.desc()).limit(1)
    code = db.execute(newest).scalar_one_or_none()
    if code is not None:
        return Act(f"/batches/{code}", "Open its culture")
    return Act(f"/courses/{found.course_code}/batch", "Open culture") if may(actor, Action.OPEN_CULTURE) else None


def _stages(step: str) -> tuple[Stage, ...]:
    keys = [key for key, _, _ in _STEPS]
    at = keys.index("accept" if step == "quarantined" else step) if step else len(keys)
    return tuple(
        Stage(word, "done" if number < at else "now" if number == at else "later")
        for number, (_, word, _) in enumerate(_STEPS)
    )


def _stops(state: CollectionState, actor: Actor) -> Iterator[str]:
    """The ways out of the present state that need nothing but a reason."""
    if state is CollectionState.PLANNED and may(actor, Action.PLAN_COLLECTION):
        yield "cancel"
    if state is CollectionState.IN_PROGRESS and may(actor, Action.PERFORM_COLLECTION):
        yield "abandon"
    if state is CollectionState.RECEIVED and may(actor, Action.QUARANTINE_COLLECTION):
        yield "quarantine"


def _facts(found: Row[*tuple[object, ...]], now: datetime, zone: str) -> Iterator[tuple[str, str | Markup]]:
    """What is on record, in the order it came to be."""
    yield "Planned", formats.moment(found.planned_at, zone, now)
    if found.started_at is not None:
        yield "Started", formats.moment(found.started_at, zone, now)
        yield "Separator, kit lot", f"{found.separator}, {found.kit}"
        yield "Lymphocytes before", formats.power_of_ten(found.precount_lymphocytes_1e9_per_l * 10**9, 9, 1) + "/L"
        yield (
            "Haemoglobin, platelets before",
            Markup("{}, {}").format(
                formats.dose(found.haemoglobin_g_per_l, "g/L"),
                formats.power_of_ten(Decimal(found.platelets_1e9_per_l) * 10**9, 9, 0) + "/L",
            ),
        )
    if found.yield_entered_at is not None:
        yield "Ended", formats.moment(found.ended_at, zone, now)
        yield "Blood processed", formats.measurement(Decimal(found.blood_processed_ml) / 1000, "L", 1)
        yield "Anticoagulant", formats.dose(Decimal(found.anticoagulant_ul) / 1000, "mL")
        yield "Volume", formats.dose(Decimal(found.volume_ul) / 1000, "mL")
        yield "White cells", formats.cells(found.wbc_cells)
        yield "In words", formats.cells_in_words(found.wbc_cells)
        yield "Lymphocytes", formats.percent(found.lymphocyte_percent)
        yield "Collection efficiency", _efficiency(found)
    people = (("Entered by", found.performed_by), ("Checked by", found.checked_by), ("Accepted by", found.accepted_by))
    yield from ((word, name) for word, name in people if name is not None)
    if found.accepted_with is not None:
        yield "and", found.accepted_with


def _efficiency(found: Row[*tuple[object, ...]]) -> str:
    """Lymphocytes collected of those processed (CE2)."""
    result = collection_efficiency(
        found.wbc_cells * found.lymphocyte_percent / 100,
        processed_l=Decimal(found.blood_processed_ml) / 1000,
        precount_1e9_per_l=found.precount_lymphocytes_1e9_per_l,
    )
    return formats.percent(result.percent)


def _open_deviations(db: Connection, found: Row[*tuple[object, ...]]) -> tuple[str, ...]:
    """By ix_deviation_course_id."""
    look = select(Deviation.number).where(
        Deviation.course_id == found.course_id,
        Deviation.about == found.code,
        Deviation.state == DeviationState.OPEN,
    )
    return tuple(db.execute(look.order_by(Deviation.id)).scalars())
