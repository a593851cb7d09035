"""People as JSON: the same commands and requests as the pages."""

from app.identity.api import entrance, licence, people, stations

ROUTERS = (entrance.routes, people.routes, stations.routes, licence.routes)
