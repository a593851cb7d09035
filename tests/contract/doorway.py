"""A laboratory whose people act through the API: the first request of each command is also sent wrongly and twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, get_type_hints
from uuid import uuid4

from httpx2 import Response
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.scan import OwnCode, parse
from app.simulator.people import Person
from app.web.forms import Request
from tests.line.infusion import sent
from tests.people import CAST
from tests.web.routes import Address, addresses
from tests.world import World

Asked = TypeVar("Asked")
Fact = TypeVar("Fact")
UNKNOWN = "999999"
IN_ADDRESSES = frozenset({"number", "name", "version", "step_key"})
SHOWN_ONCE = "one_time_code"


@dataclass(frozen=True)
class Letter:
    """A request as a program sends it, and who brings it to which door."""

    world: World
    who: Person
    station: str | None
    address: Address
    asked: Request

    @property
    def body(self) -> dict[str, Any]:
        """The request with its secrets, as JSON."""
        whole: dict[str, Any] = to_jsonable_python(sent(self.asked), bytes_mode="base64")
        return whole

    def send(self, body: dict[str, Any], key: str) -> Response:
        """Send a body under a key."""
        person = next(one for one in CAST if one.name == self.who.name)
        client = self.world.client(person, self.station)
        return client.post(self.path, json=body, headers={"Idempotency-Key": key})

    @property
    def path(self) -> str:
        """The address with what the request is about in its places."""
        return self.address.path.format_map({name: self._place(name) for name in self.address.places})

    def _place(self, name: str) -> object:
        fields = type(self.asked).model_fields
        if name in fields:
            return getattr(self.asked, name)
        asked_for = called_by(self.address)
        named = [each for each in fields if each.endswith("_code")]
        about = next((each for each in named if each in asked_for), None)
        return getattr(self.asked, about or named[0])


@dataclass(kw_only=True)
class Doorway(World):
    """A world with its doors. `seen` are the commands whose first request was tried by `trial`, `wrong` what it met."""

    trial: Callable[[Letter], list[str]]
    wrong: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, world: World, trial: Callable[[Letter], list[str]]) -> Doorway:
        """The doors of a world; who signed in there is signed in here."""
        return cls(
            settings=world.settings,
            database=world.database,
            keyring=world.keyring,
            clock=world.clock,
            secrets=world.secrets,
            trial=trial,
        )

    def act(
        self,
        who: Person,
        command: Callable[[Transaction, Actor, Asked], Fact],
        asked: Asked,
        *,
        station: str | None = "Bench 1",
        key: str | None = None,
    ) -> Fact:
        """Through the door the first time; by hand afterwards, and where there is no door."""
        name = command.__name__
        address = self.doors.get(name)
        if address is None or name in self.seen or not isinstance(asked, Request):
            return super().act(who, command, asked, station=station, key=key)
        self.seen.add(name)
        letter = Letter(self, who, station, address, asked)
        self.wrong += [f"{address}: {each}" for each in self.trial(letter)]
        return self._outcome(letter, command)

    @cached_property
    def doors(self) -> dict[str, Address]:
        """Each command with a door in the API, by its name: its endpoint writes by it."""
        return {
            name: address
            for address in addresses(self.app)
            if address.is_api and "write" in called_by(address)
            for name in called_by(address)
            if is_command(address, name)
        }

    def _outcome(self, letter: Letter, command: Callable[[Transaction, Actor, Asked], Fact]) -> Fact:
        """Send it rightly, twice, and once more with another body; answer what the command said."""
        key = str(uuid4())
        body = letter.body
        first = letter.send(body, key)
        assert first.status_code == 200, f"{letter.address}: {first.text}; and before: {self.wrong}"
        events = self.rows("SELECT count(*) FROM ledger_event")
        again, other = letter.send(body, key), letter.send(letter.body | another(letter.asked), key)
        if (again.status_code, without_secrets(again)) != (200, without_secrets(first)):
            self.wrong.append(f"{letter.address}: sent twice, it answers {again.status_code} {again.text[:200]}")
        if another(letter.asked) and '"urn:veinline:request_key_reused"' not in other.text:
            self.wrong.append(f"{letter.address}: another body under its key: {other.status_code} {other.text[:200]}")
        if self.rows("SELECT count(*) FROM ledger_event") != events:
            self.wrong.append(f"{letter.address}: sent twice, it wrote twice")
        ((kept,),) = self.rows("SELECT outcome FROM request_key WHERE key = :key", key=key)
        fact: Fact = TypeAdapter(get_type_hints(command)["return"]).validate_json(str(kept))
        return fact


def called_by(address: Address) -> set[str]:
    """The names its endpoint uses."""
    return set(inspect.unwrap(address.endpoint).__code__.co_names)


def is_command(address: Address, name: str) -> bool:
    """Whether a name an endpoint uses is a command."""
    known = inspect.unwrap(address.endpoint).__globals__
    meant = getattr(known.get("commands"), name, known.get(name))
    return inspect.isfunction(meant) and ".commands" in meant.__module__


def another(asked: Request) -> dict[str, Any]:
    """One field changed so that the body is well formed and different; secrets are no part of it."""
    given: dict[str, Any] = to_jsonable_python(sent(asked), bytes_mode="base64")
    open_ones = {name: given[name] for name, each in type(asked).model_fields.items() if not each.exclude}
    for name, value in sorted(open_ones.items(), key=lambda item: item[0].endswith("code") or item[0] in IN_ADDRESSES):
        for other in _others(value):
            try:
                changed = type(asked).model_validate(given | {name: other})
            except ValidationError:
                continue
            if changed.model_dump_json() != asked.model_dump_json():
                return {name: other}
    return {}


def _others(value: object) -> Iterator[object]:
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
        case str():
            yield from (f"{value}x", ("0" if value[:1] != "0" else "1") + value[1:], value[:-1] + "0", "x")
        case None:
            yield from ("another reason was given", 1, "other")


def codes_in(asked: Request) -> Iterator[tuple[str, OwnCode]]:
    """Fields that hold one of our codes, beside those of the persons who sign or confirm."""
    for name, value in sent(asked).items():
        code = parse(value) if isinstance(value, str) and value else None
        if isinstance(code, OwnCode) and name not in {"signer", "second_badge"}:
            yield name, code


def without_secrets(answer: Response) -> object:
    """The answer without what is shown only once."""
    said = answer.json()
    return {name: value for name, value in said.items() if name != SHOWN_ONCE} if isinstance(said, dict) else said
