"""The two doors a request can take beside the command itself: page and API."""

from __future__ import annotations

from uuid import uuid4

from app.web.forms import Request
from tests.people import Person
from tests.world import World


def by_api(world: World, who: Person, path: str, asked: Request, **secrets: str) -> tuple[int, str]:
    """Send a request as JSON; answer status and the slug of its refusal. Secrets are in no dump of a request."""
    body = asked.model_dump(mode="json") | secrets
    answer = world.client(who).post(f"/api/v1{path}", json=body, headers={"Idempotency-Key": str(uuid4())})
    return answer.status_code, str(answer.json().get("type", "")).removeprefix("urn:veinline:")


def by_page(world: World, who: Person, path: str, asked: Request, **secrets: str) -> tuple[int, str]:
    """Send a request as a form; answer status and where it leads."""
    given = asked.model_dump(mode="json", exclude_none=True) | secrets | {"request_key": str(uuid4())}
    answer = world.client(who).post(path, data=given)
    return answer.status_code, answer.headers.get("location", "")
