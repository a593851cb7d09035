"""People as JSON: the same commands and requests as the pages."""

from app.identity.api import entrance, people, stations

ROUTERS = (entrance.routes, people.routes, stations.routes)
