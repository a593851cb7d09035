"""The pages of people: in front of the door, users and their rights, stations, oneself."""

from app.identity.pages import account, entrance, licence, people, scanning, stations

ROUTERS = (entrance.routes, account.routes, people.routes, stations.routes, scanning.routes, licence.routes)
