"""Opening a culture from accepted collections, and starting it at a clear bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from app.culture.schemas import OpenCulture, StartCulture
from app.culture.steps import StepDone, accepted, clear_bench, moved, record_step, shown_culture
from app.db.codes import next_code
from app.db.finding import load
from app.db.models import Collection, Course, Culture, CultureInput, Label
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Mismatch, NearMiss, WrongState
from app.domain.identifiers import Kind, display
from app.domain.roles import Action
from app.domain.scan import OwnCode
from app.domain.states import CULTURE, CollectionState, CultureAct, CultureState, LabelState, next_state
from app.domain.vocabulary import StepKind
from app.identity.queries.scanning import expect_here
from app.patients.standing import active_order, going_on
from app.recipes.commands import approved_recipe, approved_specification

START: Final = "start_culture"


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
    course = going_on(tx, culture.course_id, step=START)
    active_order(tx, course, step=START)
    state = moved(culture, CultureAct.START)
    entry = accepted(tx, culture, asked, {})
    bench = clear_bench(tx, asked.bench, culture, course, START)
    _require_inputs(tx, culture, course, asked.inputs)
    record_step(tx, actor, culture, asked, StepDone(StepKind.START, entry.at))
    culture.state, culture.bench_id = state, bench.id
    return CultureFact(culture.code, state)


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


def _require_inputs(tx: Transaction, culture: Culture, course: Course, raw: tuple[str, ...]) -> None:
    scanned = [expect_here(tx, each, Kind.COLLECTION, step=START) for each in raw]
    look = select(Collection.code).join(CultureInput, CultureInput.collection_id == Collection.id)
    wanted = set(tx.session.execute(look.where(CultureInput.culture_id == culture.id)).scalars())
    for code in scanned:
        if code.code not in wanted:
            whose = select(Collection.course_id).where(Collection.code == code.code)
            is_own = tx.session.execute(whose).scalar_one_or_none() == course.id
            kind = "wrong_input" if is_own else "wrong_patient"
            near = NearMiss(kind, START, course.code, scanned=code.code)
            sentence = f"{code.text} is not an input of culture {display(culture.code)}. Stop and put it back."
            raise Mismatch(kind, sentence, field="inputs", near_miss=near)
        _require_label_in_force(tx, code, course)
    missing = sorted(wanted - {code.code for code in scanned})
    if missing:
        sentence = f"{display(missing[0])} was not scanned yet. Scan every input."
        raise Mismatch("input_not_scanned", sentence, field="inputs")


def _require_label_in_force(tx: Transaction, code: OwnCode, course: Course) -> None:
    look = select(Label.state).where(Label.code == code.code, Label.print_number == code.print_number)
    if tx.session.execute(look).scalar_one_or_none() in {LabelState.VOID, LabelState.SPOILED, LabelState.DESTROYED}:
        near = NearMiss("void_label", START, course.code, scanned=code.code)
        sentence = f"This print of the label of {code.text} was replaced and is void. Find the label in force."
        raise Mismatch("void_label", sentence, field="inputs", near_miss=near)
