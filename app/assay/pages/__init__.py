"""The pages of samples, tests and plates."""

from fastapi import APIRouter

from app.assay.pages import plates, tests

routes = APIRouter()
routes.include_router(tests.routes)
routes.include_router(plates.routes)
