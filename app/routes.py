"""All addresses of all features, in the order they are tried."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.routing import BaseRoute

from app.assay import api as assay_api
from app.assay import pages as assay_pages
from app.collection import api as collection_api
from app.collection import pages as collection_pages
from app.culture import api as culture_api
from app.culture import pages as culture_pages
from app.custody import api as custody_api
from app.custody import pages as custody_pages
from app.deviations import api as deviations_api
from app.deviations import pages as deviations_pages
from app.identity import api as identity_api
from app.identity import pages as identity_pages
from app.infusion import api as infusion_api
from app.infusion import pages as infusion_pages
from app.label_rules import api as label_rules_api
from app.label_rules import pages as label_rules_pages
from app.labels import api as labels_api
from app.labels import pages as labels_pages
from app.materials import api as materials_api
from app.materials import pages as materials_pages
from app.patients import api as patients_api
from app.patients import pages as patients_pages
from app.printing import api as printing_api
from app.printing import pages as printing_pages
from app.recipes import api as recipes_api
from app.recipes import pages as recipes_pages
from app.release import api as release_api
from app.release import pages as release_pages
from app.today import api as today_api
from app.today import pages as today_pages
from app.web import service

_ROUTERS: tuple[APIRouter, ...] = (
    service.routes,
    today_pages.routes,
    today_api.routes,
    *identity_pages.ROUTERS,
    *identity_api.ROUTERS,
    patients_pages.routes,
    patients_api.routes,
    materials_pages.routes,
    materials_api.routes,
    collection_pages.routes,
    collection_api.routes,
    recipes_pages.routes,
    recipes_api.routes,
    label_rules_pages.routes,
    label_rules_api.routes,
    culture_pages.routes,
    culture_api.routes,
    deviations_pages.routes,
    deviations_api.routes,
    custody_pages.routes,
    custody_api.routes,
    printing_pages.routes,
    printing_api.routes,
    labels_pages.routes,
    labels_api.routes,
    infusion_pages.routes,
    infusion_api.routes,
    release_pages.routes,
    release_api.routes,
    *assay_pages.ROUTERS,
    assay_api.routes,
)

ROUTES: tuple[BaseRoute, ...] = tuple(route for router in _ROUTERS for route in router.routes)
