"""Every address of the application with its demand, and a request to it that says nothing true but is well formed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from inspect import Parameter
from typing import Annotated, Any, get_args, get_origin
from uuid import uuid4

from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import Response
from pydantic import BaseModel
from starlette.testclient import TestClient

from app.web.needs import demand_of

A_CODE = "BGD7M26900001A"
PATTERNS = {
    r"^\d{6}$": "739261",
    r"^[0-9a-f]{64}$": "0" * 64,
    r"^[a-z][a-z0-9.-]{2,39}$": "uma",
    r"^[A-Z0-9][A-Z0-9-]{1,30}$": "LAK-NOTHING",
    r"^[a-z0-9_]{2,40}$": "nothing",
    r"^[a-z][a-z0-9_]{1,39}$": "nothing",
    r"^[A-H](1[0-2]|[1-9])$": "A1",
    r"^LS-\d{2}$": "LS-09",
    r"^(LS-\d{2}( LS-\d{2})*)?$": "LS-14",
}
FORMATS = {
    "date": "2026-11-20",
    "date-time": "2026-11-23T08:00:00+00:00",
    "base64": "eA==",
    "uuid": "0b0e7f0e-0000-4000-8000-000000000000",
}

TOGETHER = {"EnterCount": {"viable_1e6_per_ml": "104", "viability_percent": "88"}}
"""Fields of which a request needs one pair or the other."""
SAME = {"name": "LAK-NOTHING", "step_key": "nothing"}
"""Places of an address whose body says the same."""


@dataclass(frozen=True)
class Address:
    """One method of one address."""

    method: str
    path: str
    endpoint: Callable[..., Any]

    @property
    def demand(self) -> object:
        return demand_of(self.endpoint)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def request(self) -> type[BaseModel] | None:
        """The model its body is read into."""
        for parameter in inspect.signature(self.endpoint, eval_str=True).parameters.values():
            kind = parameter.annotation
            kind = kind if inspect.isclass(kind) else next(iter(get_args(kind)), None)
            if inspect.isclass(kind) and issubclass(kind, BaseModel):
                return kind
        return None

    def _questions(self) -> dict[str, str]:
        """What the address must be asked with, beside its path."""
        asked = inspect.signature(self.endpoint).parameters.values()
        names = [each.name for each in asked if each.default is each.empty and f"{{{each.name}}}" not in self.path]
        return dict.fromkeys(names, "1")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def send(self, client: TestClient) -> Response:
        """Ask there, well formed, with a key of its own."""
        if self.method == "GET":
            return client.get(self.filled, params=self._must_ask)
        body = {} if self.request is None else plausible(self.request)
        if self.is_api:
            return client.post(self.filled, json=body, headers={"Idempotency-Key": str(uuid4())})
        flat = {name: _flat(value) for name, value in body.items() if value is not None}
        return client.post(self.filled, data=flat | {"request_key": str(uuid4())})

    @property
    def _must_ask(self) -> dict[str, str]:
        parameters = inspect.signature(self.endpoint).parameters
        return {name: word for name, word in self.questions.items() if parameters[name].default is Parameter.empty}

    @property
    def filled(self) -> str:
        """The address with something well formed in each place."""
        return self.path.format_map({name: SAME.get(name) or _word(kind) for name, kind in self._asked.items()})

    @property
    def questions(self) -> dict[str, str]:
        """What can stand behind the question mark."""
        return {name: _word(kind) for name, kind in self._asked.items() if f"{{{name}}}" not in self.path}

    @property
    def places(self) -> dict[str, object]:
        """What stands in its path, with its kind."""
        return {name: kind for name, kind in self._asked.items() if f"{{{name}}}" in self.path}

    @property
    def _asked(self) -> dict[str, object]:
        parameters = inspect.signature(self.endpoint, eval_str=True).parameters.values()
        return {each.name: each.annotation for each in parameters if get_origin(each.annotation) is not Annotated}


def addresses(app: FastAPI) -> list[Address]:
    """All of them, in the order they are tried."""
    return list(_addresses(app))


def _addresses(app: FastAPI) -> Iterator[Address]:
    for route in app.routes:
        if isinstance(route, APIRoute):
            for method in sorted(route.methods - {"HEAD"}):
                yield Address(method, route.path, route.endpoint)


def _word(kind: object) -> str:
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return str(next(iter(kind)).value)
    return "1" if kind is int else A_CODE


def plausible(model: type[BaseModel]) -> dict[str, Any]:
    """A body that passes the form of the request and is about nothing on file."""
    schema = model.model_json_schema()
    asked = {name: schema["properties"][name] for name in schema.get("required", ())}
    body = {name: A_CODE if name.endswith("code") else _value(part, schema) for name, part in asked.items()}
    return body | TOGETHER.get(model.__name__, {})


def _value(part: dict[str, Any], whole: dict[str, Any]) -> Any:
    if "$ref" in part:
        return _value(whole["$defs"][part["$ref"].rsplit("/", 1)[1]], whole)
    if "enum" in part:
        return part["enum"][0]
    if "anyOf" in part:  # beside the kinds of a number stands its bound
        return _value(part["anyOf"][0] | {"minimum": float(part.get("ge", 1))}, whole)
    match part.get("type"):
        case "integer":
            return max(int(part.get("minimum", 1)), 1)
        case "number":
            return str(max(part.get("minimum", 1), 1))
        case "boolean":
            return True
        case "array":
            item = part.get("items") or part.get("prefixItems", [{}])[0]
            return [_value(item, whole)] * max(int(part.get("minItems", 1)), 1)
        case "object":
            return {name: _value(each, whole) for name, each in part.get("properties", {}).items()}
    return _text(part)


def _text(part: dict[str, Any]) -> str:
    if "pattern" in part:
        return PATTERNS.get(part["pattern"], "1")
    if "format" in part:
        return FORMATS.get(part["format"], "x")
    return "well formed and about nothing"[: part.get("maxLength", 29)].ljust(part.get("minLength", 1), "x")


def _flat(value: Any) -> Any:
    return "true" if value is True else value
