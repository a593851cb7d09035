"""What each address demands of its visitor, declared beside the address and read by the door and by a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from app.domain.roles import Action

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])  # Any: endpoints have their own signatures
_DEMAND = "__veinline_demand__"


def needs(action: Action) -> Callable[[Endpoint], Endpoint]:
    """Only people who may do `action` get in."""

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _DEMAND, action)
        return endpoint

    return declare


def open_to_all(endpoint: Endpoint) -> Endpoint:
    """Anybody gets in: sign-in, first run, health."""
    setattr(endpoint, _DEMAND, "everybody")
    return endpoint


def signed_in(endpoint: Endpoint) -> Endpoint:
    """Every signed-in person gets in."""
    setattr(endpoint, _DEMAND, "signed_in")
    return endpoint


def demand_of(endpoint: object) -> Action | str:
    """What the endpoint declared. An endpoint that declares nothing is a programming error."""
    demand: Action | str | None = getattr(endpoint, _DEMAND, None)
    if demand is None:
        message = f"{endpoint!r} does not say who may use it"
        raise RuntimeError(message)
    return demand
