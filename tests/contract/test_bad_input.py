"""Whatever is sent to whichever door: a sentence, the right status, the field named; nothing written or repeated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app.web.needs import EVERYBODY
from tests.contract.bad_values import CANARY, Left, bad_values
from tests.people import TARA, Person
from tests.web.routes import Address, addresses, plausible
from tests.web.test_who_gets_in import WATCHERS, may
from tests.world import World

PYDANTIC = ("Input should", "String should", "Value error", "unable to", "valid string", "valid integer")
LONGEST_SENTENCE = 400


def doors(world: World) -> Iterator[tuple[TestClient, Address]]:
    """Every writing address, with somebody signed in who may enter; at the front door somebody nobody knows."""
    clients: dict[Person | None, TestClient] = {None: world.app_client("Bench 1")}
    for address in addresses(world.app):
        if address.method == "GET" or address.request is None:
            continue
        is_open = address.demand == EVERYBODY
        who = None if is_open else next((one for one in WATCHERS if may(one, address.demand)), TARA)
        if who not in clients:
            clients[who] = world.client(who, None)
        yield clients[who], address


def well_formed(address: Address) -> dict[str, object]:
    """A body its address can read; a new kind of field is to be made in `tests/web/routes.py`."""
    assert address.request is not None
    body = plausible(address.request)
    address.request.model_validate(body)
    return body


def sent(client: TestClient, address: Address, body: dict[str, object]) -> Response:
    """The body as a program or a page sends it."""
    if address.is_api:
        text = json.dumps(body)
        return client.post(
            address.filled, content=text, headers={"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        )
    flat = {name: "true" if value is True else value for name, value in body.items() if value is not None}
    return client.post(address.filled, data={**flat, "request_key": str(uuid4())})


def complaints(answer: Response, address: Address, field: str) -> Iterator[str]:
    """What is wrong with the answer to a bad field."""
    if answer.status_code != 422:
        yield f"status {answer.status_code}"
    if CANARY in answer.text:
        yield "it repeats what was sent"
    if address.is_api and answer.status_code == 422:
        problem = answer.json()
        sentence = problem["detail"]
        if problem.get("field") != field:
            yield f"it blames {problem.get('field')}"
        if not is_for_people(sentence):
            yield f"no sentence for people: {sentence}"


def is_for_people(sentence: str) -> bool:
    """Whether it is a sentence, of a length people read, in words of the laboratory."""
    return sentence.endswith(".") and len(sentence) <= LONGEST_SENTENCE and not any(w in sentence for w in PYDANTIC)


@pytest.mark.requirement("REQ-042")
def test_every_field_of_every_door_refuses_what_it_cannot_be(
    sqlite_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sqlite_world.rows("SELECT count(*) FROM ledger_event")
    wrong = []
    tried = 0
    for client, address in doors(sqlite_world):
        assert address.request is not None
        whole = well_formed(address)
        for field, why, value in bad_values(address.request, is_api=address.is_api):
            rest = {name: given for name, given in whole.items() if name != field}
            answer = sent(client, address, rest if value is Left.OUT else rest | {field: value})
            tried += 1
            wrong += [f"{address} {field}, {why}: {each}" for each in complaints(answer, address, field)]
    assert wrong == [], "\n".join(wrong)
    assert tried > 2000
    assert sqlite_world.rows("SELECT count(*) FROM ledger_event") == before
    assert CANARY not in capsys.readouterr().out


ENVELOPES: dict[str, tuple[bytes, dict[str, str]]] = {
    "no key": (b"{}", {"Content-Type": "application/json"}),
    "a key that is none": (b"{}", {"Content-Type": "application/json", "Idempotency-Key": CANARY}),
    "no body": (b"", {"Content-Type": "application/json", "Idempotency-Key": "KEY"}),
    "broken JSON": (b'{"a": ', {"Content-Type": "application/json", "Idempotency-Key": "KEY"}),
    "a list": (b'["Zebracanary"]', {"Content-Type": "application/json", "Idempotency-Key": "KEY"}),
    "a text": (b'"Zebracanary"', {"Content-Type": "application/json", "Idempotency-Key": "KEY"}),
    "no text": (b"\xff\xfe\x00", {"Content-Type": "application/json", "Idempotency-Key": "KEY"}),
    "a form": (b"a=Zebracanary", {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": "KEY"}),
    "too deep": (b"[" * 5000, {"Content-Type": "application/json", "Idempotency-Key": "KEY"}),
}


@pytest.mark.requirement("REQ-042")
def test_every_door_of_the_api_refuses_a_letter_it_cannot_open(sqlite_world: World) -> None:
    wrong = []
    for client, address in doors(sqlite_world):
        for why, (body, headers) in ENVELOPES.items() if address.is_api else ():
            keyed = {name: str(uuid4()) if value == "KEY" else value for name, value in headers.items()}
            answer = client.post(address.filled, content=body, headers=keyed)
            is_told = answer.status_code in {400, 422} and is_for_people(answer.json()["detail"])
            if not is_told or CANARY in answer.text:
                wrong.append(f"{address}, {why}: {answer.status_code} {answer.text[:200]}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.requirement("REQ-042")
def test_every_door_refuses_a_field_nobody_asked_for(sqlite_world: World) -> None:
    wrong = []
    for client, address in doors(sqlite_world):
        answer = sent(client, address, well_formed(address) | {"is_released": "true"})
        if answer.status_code != 422 or (address.is_api and answer.json().get("field") != "is_released"):
            wrong.append(f"{address}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.requirement("REQ-042")
def test_a_number_in_an_address_that_nothing_has_is_not_found(sqlite_world: World) -> None:
    wrong = []
    clients: dict[Person, TestClient] = {}
    for address in addresses(sqlite_world.app):
        numbers = [name for name, kind in address.places.items() if kind is int]
        who = next((one for one in WATCHERS if may(one, address.demand)), TARA)
        for name in numbers if address.method == "GET" else ():
            client = clients.get(who) or clients.setdefault(who, sqlite_world.client(who, None))
            places = {each: "1" if each in numbers else "BGD7M26900001A" for each in address.places} | {name: "9" * 30}
            answer = client.get(address.path.format_map(places))
            if answer.status_code not in {404, 422}:
                wrong.append(f"{address}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)
