"""Reading the one site of this installation."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.db.models import Site
from app.web.viewer import SiteFacts


def read_site(db: Connection) -> SiteFacts:
    """The site, or a sentence saying how to make one."""
    row = db.execute(select(Site.code, Site.name, Site.zone, Site.is_demo, Site.laboratory_phone)).one_or_none()
    if row is None:
        message = "This installation has no site yet. Run: veinline init"
        raise RuntimeError(message)
    return SiteFacts(row.code, row.name, row.zone, row.is_demo, row.laboratory_phone)
