"""The cast of the tests, with the secrets the tests know. Every test names the person who acts."""

from __future__ import annotations

from dataclasses import dataclass

from app.simulator import people
from app.simulator.people import Secrets

PASSWORD = "sluice kettle orbit 42"


@dataclass(frozen=True)
class Person(people.Person):
    """One of the cast, with the secrets the tests know."""

    pin: str = ""
    password: str = PASSWORD


def _known(who: people.Person, pin: str) -> Person:
    return Person(who.name, who.full_name, who.role, who.grant, pin)


TARA = _known(people.TARA, "274951")
THEO = _known(people.THEO, "385062")
SAM = _known(people.SAM, "496173")
QUINN = _known(people.QUINN, "507284")
QUENTIN = _known(people.QUENTIN, "618395")
CHLOE = _known(people.CHLOE, "729406")
CARL = _known(people.CARL, "830517")
NIA = _known(people.NIA, "941628")
NOEL = _known(people.NOEL, "152739")
ADA = _known(people.ADA, "263840")
IRIS = _known(people.IRIS, "374950")
OMAR = _known(people.OMAR, "485961")

CAST = (TARA, THEO, SAM, QUINN, QUENTIN, CHLOE, CARL, NIA, NOEL, ADA, IRIS, OMAR)
SECRETS = {who.name: Secrets(who.pin, who.password) for who in CAST}
