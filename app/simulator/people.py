"""The cast of the synthetic laboratory. All of them are invented; their secrets are made anew for each laboratory."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.roles import Grant, Role


@dataclass(frozen=True)
class Person:
    """One of the cast."""

    name: str
    full_name: str
    role: Role | None
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only this person knows."""

    pin: str
    password: str


TARA = Person("tara", "Tara Adeyemi", Role.TECHNICIAN)
THEO = Person("theo", "Theo Brandt", Role.TECHNICIAN)
SAM = Person("sam", "Sam Ferreira", Role.SUPERVISOR)
QUINN = Person("quinn", "Quinn Lindqvist", Role.QA, Grant.RELEASE_AUTHORITY)
QUENTIN = Person("quentin", "Quentin Aubry", Role.QA)
CHLOE = Person("chloe", "Chloe Osei", Role.CLINICIAN, Grant.PRESCRIBER)
CARL = Person("carl", "Carl Nyman", Role.CLINICIAN, Grant.PRESCRIBER)
NIA = Person("nia", "Nia Moreau", Role.CLINICIAN)
NOEL = Person("noel", "Noel Park", Role.CLINICIAN)
ADA = Person("ada", "Ada Whitlock", Role.ADMINISTRATOR)
IRIS = Person("iris", "Iris Takeda", Role.INSPECTOR)
OMAR = Person("omar", "Omar Haddad", None)

CAST = (TARA, THEO, SAM, QUINN, QUENTIN, CHLOE, CARL, NIA, NOEL, ADA, IRIS, OMAR)
NAMES = tuple(person.name for person in CAST)
