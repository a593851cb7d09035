"""The cast of the tests. Every test names the person who acts."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.roles import Grant, Role


@dataclass(frozen=True)
class Person:
    """One of the cast, with the secrets the tests know."""

    name: str
    full_name: str
    role: Role | None
    grant: Grant | None = None
    pin: str = "274951"
    password: str = "sluice kettle orbit 42"


TARA = Person("tara", "Tara Adeyemi", Role.TECHNICIAN, pin="274951")
THEO = Person("theo", "Theo Brandt", Role.TECHNICIAN, pin="385062")
SAM = Person("sam", "Sam Ferreira", Role.SUPERVISOR, pin="496173")
QUINN = Person("quinn", "Quinn Lindqvist", Role.QA, Grant.RELEASE_AUTHORITY, pin="507284")
QUENTIN = Person("quentin", "Quentin Aubry", Role.QA, pin="618395")
CHLOE = Person("chloe", "Chloe Osei", Role.CLINICIAN, Grant.PRESCRIBER, pin="729406")
CARL = Person("carl", "Carl Nyman", Role.CLINICIAN, Grant.PRESCRIBER, pin="830517")
NIA = Person("nia", "Nia Moreau", Role.CLINICIAN, pin="941628")
NOEL = Person("noel", "Noel Park", Role.CLINICIAN, pin="152739")
ADA = Person("ada", "Ada Whitlock", Role.ADMINISTRATOR, pin="263840")
IRIS = Person("iris", "Iris Takeda", Role.INSPECTOR, pin="374950")
OMAR = Person("omar", "Omar Haddad", None, pin="485961")

CAST = (TARA, THEO, SAM, QUINN, QUENTIN, CHLOE, CARL, NIA, NOEL, ADA, IRIS, OMAR)
