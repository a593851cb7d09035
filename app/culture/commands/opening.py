"""Opening a culture from accepted collections, and starting it at a clear bench."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.culture.schemas import OpenCulture, StartCulture
from app.culture.steps import StepDone, accepted, moved, record_step, shown_culture
from app.db.codes import next_code
from app.db.finding import load
from app.db.models import Collection, Course, Culture, CultureInput, Place
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Mismatch, NearMiss, NotFound, WrongState
from app.domain.identifiers import Kind, display
from app.domain.roles import Action
from app.domain.scan import expect
from app.domain.states import CULTURE, CollectionState, CultureAct, CultureState, next_state
from app.domain.vocabulary import PlaceKind, StepKind
from app.patients.standing import active_order, going_on
from app.recipes.commands import approved_recipe, approved_specification


@dataclass(frozen=True, slots=True)
class CultureOpened:
    """The new culture and its number in the course."""

    culture_code: str
    number: int


@dataclass(frozen=True, slots=True)
class CultureFact:
    """The culture a step changed, and its state now."""

    culture_code: str
    state: CultureState


@command
def open_culture(tx: Transaction, actor: Actor, asked: OpenCulture) -> CultureOpened:
    """Open a batch. It pins the approved recipe and specification; every input is of this course and accepted."""
    tx.permit(actor, Action.OPEN_CULTURE)
    course = going_on(tx, load(tx, Course, asked.course_code).id, step="open_culture")
    order = active_order(tx, course, step="open_culture")
    recipe, specification = approved_recipe(tx, asked.recipe_name), approved_specification(tx)
    inputs = [_input(tx, course, code) for code in dict.fromkeys(asked.collection_codes)]
    last = tx.session.execute(select(func.max(Culture.number)).where(Culture.course_id == course.id)).scalar_one()
    line = {"course_id": course.id, "patient_id": course.patient_id}
    culture = Culture(
        **line,
        code=next_code(tx, Kind.CULTURE),
        number=(last or 0) + 1,
        treatment_order_id=order.id,
        recipe_id=recipe.id,
        specification_id=specification.id,
        state=next_state(CULTURE, None, CultureAct.OPEN, "The culture"),
        opened_at=tx.now,
    )
    tx.session.add(culture)
    tx.session.flush()
    for collection in inputs:
        tx.session.add(CultureInput(**line, culture_id=culture.id, collection_id=collection.id))
    return CultureOpened(culture.code, culture.number)


@command
def start_culture(tx: Transaction, actor: Actor, asked: StartCulture) -> CultureFact:
    """Bring a culture to a clear bench and scan every input. Two patients never stand open at one bench."""
    tx.permit(actor, Action.CULTURE_STEP)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step="start_culture")
    active_order(tx, course, step="start_culture")
    state = moved(culture, CultureAct.START)
    entry = accepted(tx, asked, {})
    culture.bench_id = clear_bench(tx, asked.bench, culture, course).id
    _require_inputs(tx, culture, course, asked.inputs)
    record_step(tx, actor, culture, asked, StepDone(StepKind.START, entry.at))
    culture.state = state
    return CultureFact(culture.code, state)


def clear_bench(tx: Transaction, raw: str, culture: Culture, course: Course) -> Place:
    """The bench that was scanned, when no other culture stands open at it (line clearance)."""
    scanned = expect(raw, Kind.PLACE, step="start_culture")
    bench = tx.session.execute(select(Place).where(Place.code == scanned.code).with_for_update()).scalar_one_or_none()
    if bench is None or bench.kind is not PlaceKind.BENCH:
        raise NotFound("no_bench", f"{scanned.text} is not a bench. Scan the code at the bench you work at.")
    other = select(Culture.code).where(Culture.bench_id == bench.id, Culture.id != culture.id)
    standing = tx.session.execute(other).scalar_one_or_none()
    if standing is not None:
        raise WrongState(
            "line_clearance",
            f"{bench.name} is not clear: culture {display(standing)} stands open there. Finish or move it first.",
            near_miss=NearMiss("line_clearance", "start_culture", course.code, scanned=scanned.code),
        )
    return bench


def _input(tx: Transaction, course: Course, code: str) -> Collection:
    collection = load(tx, Collection, code)
    if collection.course_id != course.id:
        near = NearMiss("wrong_patient", "open_culture", course.code, scanned=code)
        sentence = f"Collection {display(code)} is not of course {display(course.code)}. Take the right collection."
        raise Mismatch("wrong_patient", sentence, near_miss=near)
    if collection.state is not CollectionState.ACCEPTED:
        words = collection.state.value.replace("_", " ")
        raise WrongState("not_accepted", f"Collection {display(code)} is {words}; only an accepted one is cultured.")
    return collection


def _require_inputs(tx: Transaction, culture: Culture, course: Course, scanned: tuple[str, ...]) -> None:
    codes = {expect(raw, Kind.COLLECTION, step="start_culture").code for raw in scanned}
    look = select(Collection.code).join(CultureInput, CultureInput.collection_id == Collection.id)
    wanted = set(tx.session.execute(look.where(CultureInput.culture_id == culture.id)).scalars())
    foreign, missing = sorted(codes - wanted), sorted(wanted - codes)
    if foreign:
        near = NearMiss("wrong_input", "start_culture", course.code, scanned=foreign[0])
        sentence = f"{display(foreign[0])} is not an input of culture {display(culture.code)}. Stop and put it back."
        raise Mismatch("wrong_input", sentence, near_miss=near)
    if missing:
        raise Mismatch("input_not_scanned", f"{display(missing[0])} was not scanned yet. Scan every input.")
