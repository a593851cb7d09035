"""People as JSON: the same commands and requests as the pages."""

from fastapi import APIRouter

from app.identity.api import entrance, people, stations

routes = APIRouter(prefix="/api/v1")
for part in (entrance, people, stations):
    routes.include_router(part.routes)
