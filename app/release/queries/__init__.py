"""What the release screens show."""

from app.release.queries.desk import LotDesk, ReleaseDesk, lot_desk, release_desk
from app.release.queries.signing import SignPage, acknowledgement_page, review_page

__all__ = ["LotDesk", "ReleaseDesk", "SignPage", "acknowledgement_page", "lot_desk", "release_desk", "review_page"]
