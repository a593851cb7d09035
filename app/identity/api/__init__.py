"""People as JSON: the same commands and requests as the pages."""

from app.identity.api import entrance, licence, people, scanning, stations

ROUTERS = (entrance.routes, people.routes, stations.routes, scanning.routes, licence.routes)
