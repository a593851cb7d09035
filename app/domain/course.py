"""Whether a course lets work go on that brings cells nearer to its patient. Not who may do that work."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import NearMiss, WrongState
from app.domain.identifiers import display
from app.domain.vocabulary import CourseState


@dataclass(frozen=True, slots=True)
class Standing:
    """What a course says about going on: its state, the consent to treatment, the open holds on all of it.

    `consent_was_given` stays true after a withdrawal; `consent_stands` does not.
    """

    course_code: str
    state: CourseState
    consent_was_given: bool
    consent_stands: bool
    open_holds: int


def require_going_on(course: Standing, *, step: str) -> None:
    """Refuse a step towards the patient unless the course is active, consented to and not on hold.

    `step` names the act in the near miss. Steps that stop, return, reject or dispose never ask this.
    House rule: rules, section 4. Raises WrongState.
    """
    name = f"Course {display(course.course_code)}"
    if course.state is not CourseState.ACTIVE:
        words = course.state.value.replace("_", " ")
        raise _refused(course, step, "course_not_active", f"{name} is {words}. Ask the treating physician.")
    if not course.consent_stands and course.consent_was_given:
        sentence = f"The consent to treatment in {name} was withdrawn. Stop, and ask the treating physician."
        raise _refused(course, step, "consent_withdrawn", sentence)
    if not course.consent_stands:
        sentence = f"No consent to treatment is on record for {name}. A clinician records it first."
        raise _refused(course, step, "consent_missing", sentence)
    if course.open_holds:
        raise _refused(course, step, "course_on_hold", f"{name} is on hold. QA must lift the hold first.")


def _refused(course: Standing, step: str, code: str, sentence: str) -> WrongState:
    return WrongState(code, sentence, near_miss=NearMiss(code, step, course_code=course.course_code))
