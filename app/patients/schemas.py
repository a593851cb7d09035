"""Requests about patients and courses, shared by page and API."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.domain.vocabulary import ConsentKind, Sex
from app.identity.signing import Signed
from app.web.forms import Day, Number, OptionalInstant, OptionalText, Request, ShortText, Text, Version


def _plain_words(text: str) -> str:
    """Composed letters on one line; nothing that looks like a mark of the ledger."""
    words = unicodedata.normalize("NFC", text)
    if not words.isprintable():
        message = "it holds a character that cannot be printed"
        raise ValueError(message)
    if words[1:3] == "1:":
        message = "it cannot begin with a letter, 1 and a colon"
        raise ValueError(message)
    return words


def _without_blanks(number: str) -> str:
    return "".join(number.split()).upper()


Code = Annotated[str, StringConstraints(min_length=14, max_length=14)]
Words = Annotated[ShortText, AfterValidator(_plain_words)]
"""A name or a short description: one printable line."""

OptionalWords = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain_words)]
"""The same, or empty."""

HospitalNumber = Annotated[
    str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z /.-]+$"), AfterValidator(_without_blanks)
]
"""A hospital's own number, kept without blanks, so that `4417 0926` and `44170926` are the same."""


class NewCourse(Request):
    """What a course is about. Day 1 is the first day of priming."""

    protocol: Annotated[Words, Field(max_length=40)]
    is_under_ind: bool
    first_day: Day


class EnrolPatient(NewCourse):
    """A new patient with the first course and a wristband."""

    family_name: Words
    given_name: Words
    title: Annotated[OptionalWords, Field(max_length=20)] = ""
    birth_date: Day
    sex: Sex
    hospital_number: HospitalNumber
    diagnosis: OptionalWords = ""


class OpenCourse(NewCourse):
    """A further course of a patient on file."""

    patient_code: Code


class CloseCourse(Request):
    """The end of a course; nothing moves towards its patient afterwards."""

    course_code: Code
    row_version: Version
    reason: Text


class ReissueWristband(Request):
    """A new wristband in place of the one worn, which is void from then on."""

    patient_code: Code
    reason: Text


class RecordAllergy(Request):
    """A substance the patient reacts to, one word or a few."""

    patient_code: Code
    substance: Annotated[Words, Field(min_length=2, max_length=60)]


class RecordWeight(Request):
    """A body weight, to be entered once more by a second person before anything rests on it."""

    course_code: Code
    weight_kg: Number
    measured_at: OptionalInstant = None
    reason: OptionalText = None


class VerifyWeight(Request):
    """The same weight, read again by a second person who was not shown the first entry."""

    course_code: Code
    weight_id: Annotated[int, Field(ge=1)]
    weight_kg: Number


class RecordConsent(Request):
    """The patient agreed, on paper, at `given_at`."""

    course_code: Code
    kind: ConsentKind
    given_at: OptionalInstant = None
    reason: OptionalText = None


class WithdrawConsent(Request):
    """The patient no longer agrees."""

    course_code: Code
    kind: ConsentKind
    reason: Text


class OrderTreatment(Signed):
    """A prescriber's order to collect and process."""

    course_code: Code
    collections_planned: Annotated[int, Field(ge=1, le=20)]


class CancelTreatmentOrder(Signed):
    """The order no longer stands; what is under way needs another one."""

    course_code: Code
    reason: Text


class FindPatients(Request):
    """What to look for: a hospital number, or how a family name begins."""

    sought: Annotated[str, StringConstraints(min_length=1, max_length=80)]
