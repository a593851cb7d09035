"""Who acts: a signed-in person at a station, or a named job of the system. Not how they signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.roles import Grant, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the rights they hold now. `station_id` is set only on an enrolled station."""

    user_id: int
    full_name: str
    roles: frozenset[Role]
    grants: frozenset[Grant]
    station_id: int | None = None
    station_code: str | None = None
    station_place_id: int | None = None
    is_accountable: bool = False
    qualified_until: date | None = None
    reader_holds_until: datetime | None = None
    """Until when the passed check of the station's reader holds."""

    @property
    def reference(self) -> str:
        """How the ledger names this person: an id, never a name."""
        return f"user:{self.user_id}"

    @property
    def station_reference(self) -> str | None:
        """How the ledger names the station, or None when there is none."""
        return None if self.station_id is None else f"device:{self.station_id}"


@dataclass(frozen=True, slots=True)
class Job:
    """The system itself doing a named task, such as `job:init`. It holds no rights of a person."""

    name: str

    @property
    def reference(self) -> str:
        """How the ledger names the job."""
        return f"job:{self.name}"

    @property
    def station_reference(self) -> str | None:
        """A job has no station."""
        return None
