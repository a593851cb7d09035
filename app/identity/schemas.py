"""Requests of the identity commands, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain.roles import Grant, Role
from app.domain.vocabulary import StationKind
from app.identity.signing import Secret, Signed, WithSecondPerson
from app.web.forms import Day, OptionalScanned, OptionalText, Request, Scanned, ShortText, Text, Version

UserName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9.-]{2,39}$")]
Pin = Annotated[str, StringConstraints(pattern=r"^\d{6}$"), Field(exclude=True)]
StationName = Annotated[str, StringConstraints(min_length=1, max_length=60)]
HousePath = Annotated[str, StringConstraints(pattern=r"^/([\w?][\w/?=&.%-]*)?$", max_length=200)]
"""A page of ours, never another site's."""

LicenceNumber = Annotated[str, StringConstraints(min_length=1, max_length=40)]
OneTimeText = Annotated[str, StringConstraints(min_length=8, max_length=40)]


class NewUser(Request):
    """A new account: a name that is never used twice, and the person's full name as it is to be printed."""

    user_name: UserName
    full_name: ShortText


class UserRef(Request):
    """Nothing but the person who asks."""


class AccessReset(Request):
    """Whose access ends or is reset, and why."""

    user_id: int
    reason: Text


class OwnSecrets(Request):
    """What the owner of a one-time code chooses."""

    one_time_code: OneTimeText
    password: Secret
    pin: Pin


class IdentityProof(Request):
    """Whose identity was checked, and on which day."""

    user_id: int
    checked_on: Day


class FirstQa(Request):
    """Who becomes the first QA, until when they are trained for it, and why."""

    user_id: int
    qualified_until: Day
    reason: Text


class GrantRole(Signed):
    """A role for a person, until when they are trained for it, and why; signed."""

    user_id: int
    role: Role
    qualified_until: Day
    reason: Text


class GrantAuthority(Signed):
    """An authority on top of a role, and why; signed."""

    user_id: int
    authority: Grant
    reason: Text


class EndRole(Request):
    """Which role ends, and why."""

    user_id: int
    role: Role
    reason: Text


class EndAuthority(Request):
    """Which authority ends, and why."""

    user_id: int
    authority: Grant
    reason: Text


class TrainingRenewal(Request):
    """Until when somebody is trained, and on what record that rests."""

    user_id: int
    qualified_until: Day
    reason: Text


class BadgeIssue(Request):
    """Whose badge."""

    user_id: int


class NewStation(Request):
    """A tablet, bench or cart."""

    name: StationName
    kind: StationKind
    place_code: OptionalScanned = None


class StationChange(Request):
    """Which station, and why."""

    station_code: Scanned
    reason: Text


class Licence(Request):
    """An ICCBBA licence as an administrator states it, and what the facility decided about its codes."""

    facility_number: ShortText
    licence_number: LicenceNumber
    licence_date: Day
    local_flags: OptionalText = None
    coi_check_without_prefix: bool = False


class StateLicence(Signed, Licence):
    """The licence stated under signature; ISBT 128 is on from then."""


class SwitchIsbtOff(Signed):
    """ISBT 128 is off from then, and why."""

    reason: Text


class SignIn(Request):
    """User name and password."""

    user_name: ShortText
    password: Secret


class SwitchUser(Request):
    """Badge and PIN on an enrolled station."""

    badge: Scanned
    pin: Secret


class Unlock(Request):
    """The secret of the person whose screen is locked; with a badge, of another person."""

    secret: Secret
    badge: OptionalScanned = None
    back: HousePath = "/"


class SessionRef(Request):
    """Which sign-in."""

    session_id: int


class EnrolStation(Request):
    """The one-time code typed on the tablet to be enrolled."""

    one_time_code: OneTimeText


class FirstAdministrator(Request):
    """The one-time code of `veinline init`, and the first account."""

    one_time_code: OneTimeText
    user_name: UserName
    full_name: ShortText
    password: Secret
    pin: Pin


class ReadBack(Request):
    """What a reader sent of the text of the scanner check."""

    scanned: Scanned


class ChangeScanning(WithSecondPerson):
    """What the site asks of scans; QA approves it as second person."""

    row_version: Version
    wedge_gap_ms: Annotated[int, Field(ge=20, le=60)]
    reader_check_days: Annotated[int, Field(ge=1, le=365)]
    most_typed_percent: Annotated[int, Field(ge=0, le=100)]
    reason: Text
