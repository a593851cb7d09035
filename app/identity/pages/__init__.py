"""The pages of people: in front of the door, users and their rights, stations, oneself."""

from fastapi import APIRouter

from app.identity.pages import account, entrance, people, stations

routes = APIRouter()
for part in (entrance, account, people, stations):
    routes.include_router(part.routes)
