"""What somebody sees before anybody knows them: sign-in, lock, first run. Nothing of any patient."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection, exists, func, select

from app.db.models import LabelRuleSet, Site, Specification, Station, User, UserRole, WebSession
from app.domain.roles import Role
from app.domain.vocabulary import VersionState
from app.identity.secrets import token_hash
from app.web.viewer import Cookies


@dataclass(frozen=True, slots=True)
class EntrancePage:
    """The sign-in page. `station_name` is set on an enrolled device; `right_address` when another one was typed."""

    station_name: str | None
    is_new_site: bool
    right_address: str


@dataclass(frozen=True, slots=True)
class LockPage:
    """The locked screen: who locked it, and with which secret it opens."""

    full_name: str
    station_name: str | None
    secret_word: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One of the things a new site needs."""

    word: str
    fact: str
    is_done: bool
    href: str
    verb: str


@dataclass(frozen=True, slots=True)
class ChecklistPage:
    """What a new site still needs before the first patient."""

    items: tuple[ChecklistItem, ...]
    sentence: str


def entrance_page(db: Connection, cookies: Cookies, origin: str, host: str) -> EntrancePage:
    """What the sign-in page needs to know of this device."""
    return EntrancePage(
        station_name=_station_name(db, cookies.station),
        is_new_site=is_new_site(db),
        right_address="" if urlsplit(origin).netloc == host else origin,
    )


def is_new_site(db: Connection) -> bool:
    """Nobody was given any role yet: the site waits for its first administrator."""
    return not db.execute(select(exists().where(UserRole.id > 0))).scalar_one()


def lock_page(db: Connection, cookies: Cookies) -> LockPage | None:
    """The lock page of this browser's sign-in, or None when there is none."""
    if cookies.session is None:
        return None
    row = db.execute(
        select(User.full_name, WebSession.station_id)
        .join(User, User.id == WebSession.user_id)
        .where(WebSession.token_hash == token_hash(cookies.session), WebSession.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    word = "Password" if row.station_id is None else "PIN"
    return LockPage(row.full_name, _station_name(db, cookies.station), word)


def checklist_page(db: Connection) -> ChecklistPage:
    """What a new site needs, and how far it is."""
    site = db.execute(select(Site.name, Site.code, Site.zone)).one()
    stations = db.execute(select(func.count()).where(Station.enrolled_at.is_not(None), Station.is_active)).scalar_one()
    adopted = exists().where(Specification.state == VersionState.APPROVED, ~Specification.is_example)
    is_adopted = db.execute(select(adopted)).scalar_one()
    has_rules = db.execute(select(exists().where(LabelRuleSet.state == VersionState.APPROVED))).scalar_one()
    held = set(db.execute(select(UserRole.role).where(UserRole.ended_at.is_(None)).distinct()).scalars())
    missing = [role.value for role in (Role.QA, Role.SUPERVISOR, Role.TECHNICIAN, Role.CLINICIAN) if role not in held]
    items = (
        ChecklistItem("First administrator", "Signed in by one-time code.", True, "", ""),
        ChecklistItem("Site and time zone", f"{site.name}, code {site.code}, {site.zone}.", True, "", ""),
        ChecklistItem("First users", _missing_sentence(missing), not missing, "/users", "Open users"),
        ChecklistItem("First station", _stations_sentence(stations), stations > 0, "/stations", "Open stations"),
        ChecklistItem("Specification adopted by QA", _adopted_sentence(is_adopted), is_adopted, "", ""),
        ChecklistItem("Label rules adopted by QA", _rules_sentence(has_rules), has_rules, "", ""),
    )
    left = sum(not item.is_done for item in items)
    sentence = f"{left} of {len(items)} still to do." if left else "Everything is ready for the first patient."
    return ChecklistPage(items, sentence)


def _station_name(db: Connection, token: str | None) -> str | None:
    if token is None:
        return None
    look = select(Station.name).where(Station.token_hash == token_hash(token), Station.is_active)
    return db.execute(look).scalar_one_or_none()


def _missing_sentence(missing: list[str]) -> str:
    return f"Nobody yet as {', '.join(missing)}." if missing else "Each role of the line is held by somebody."


def _stations_sentence(stations: int) -> str:
    return f"{stations} enrolled." if stations else "No device is enrolled; bedside and release need one."


def _rules_sentence(has_rules: bool) -> str:
    return "Adopted." if has_rules else "A supervisor proposes what came along, QA signs it; no label prints before."


def _adopted_sentence(is_adopted: bool) -> str:
    return "Adopted." if is_adopted else "QA writes and approves the site's own; the example cannot release."
