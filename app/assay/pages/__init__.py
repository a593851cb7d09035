"""The pages of samples, tests and plates."""

from app.assay.pages import plates, tests

ROUTERS = (tests.routes, plates.routes)
