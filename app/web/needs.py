"""What each address demands of its visitor, declared beside the address and read by the door and by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.domain.roles import Action


@dataclass(frozen=True, slots=True)
class Looking:
    """The visitor only looks at the pages of `action`: every role in its row may, without grant."""

    action: Action


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])  # Any: endpoints have their own signatures
_DEMAND = "__veinline_demand__"
EVERYBODY = "everybody"
SIGNED_IN = "signed_in"


def needs(action: Action) -> Callable[[Endpoint], Endpoint]:
    """Only people who may do `action` get in."""

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _DEMAND, action)
        return endpoint

    return declare


def sees(action: Action) -> Callable[[Endpoint], Endpoint]:
    """Everybody who may look at the pages of `action` gets in, to look."""

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _DEMAND, Looking(action))
        return endpoint

    return declare


def open_to_all(endpoint: Endpoint) -> Endpoint:
    """Anybody gets in: sign-in, first run, health."""
    setattr(endpoint, _DEMAND, EVERYBODY)
    return endpoint


def signed_in(endpoint: Endpoint) -> Endpoint:
    """Every signed-in person gets in."""
    setattr(endpoint, _DEMAND, SIGNED_IN)
    return endpoint


def demand_of(endpoint: object) -> Action | Looking | str:
    """What the endpoint declared. An endpoint that declares nothing is a programming error."""
    demand: Action | Looking | str | None = getattr(endpoint, _DEMAND, None)
    if demand is None:
        message = f"{endpoint!r} does not say who may use it"
        raise RuntimeError(message)
    return demand
