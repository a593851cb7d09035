"""Every refusal the domain can answer with. Not how a refusal is shown: that is `app.web.errors`.

    Refusal
    ├── Invalid              the input itself cannot be accepted
    │   └── ReasonRequired   acceptable, but only with a typed reason
    ├── NotAllowed           this person, here, may not do it
    ├── NotFound             nothing on file under that code
    ├── WrongState           the thing is not in a state that permits the act
    ├── Mismatch             two things that must belong together do not
    ├── Stale                the page shows an older version of the record
    ├── Duplicate            it exists already, or was recorded already
    └── SpecificationNotMet  the evidence does not meet the pinned specification

`Unattributed` is no refusal but a programming error: a change nobody answers for.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What a safety refusal leaves behind: `kind` is a slug, the rest are codes, never names.

    `course_code` files it under the course whose line was protected; None files it under the site.
    """

    kind: str
    step: str
    course_code: str | None = None
    bag_code: str | None = None
    scanned: str | None = None


class Refusal(Exception):
    """A refusal in words: what is wrong, with which thing, and what to do next.

    `code` is a stable slug for machines, `sentence` is for people, `field` names the form field
    it belongs to, `near_miss` is set when the refusal protected somebody and must be kept.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        field: str | None = None,
        near_miss: NearMiss | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field
        self.near_miss = near_miss
        self.near_miss_number: str | None = None
        """Number under which the near miss was recorded, once it was."""
        self.failed_subject: str | None = None
        """Whose failed secret must be counted (`user:7`), although everything else is undone."""


class Invalid(Refusal):
    """The input itself cannot be accepted: wrong form, impossible value, missing part."""


class ReasonRequired(Invalid):
    """The value can be recorded, but only with a reason of at least ten characters."""


class NotAllowed(Refusal):
    """This person, with these rights, at this station, may not do it."""


class NotFound(Refusal):
    """Nothing is on file under that code."""


class WrongState(Refusal):
    """The thing is not in a state that permits the act; nothing was changed."""


class Mismatch(Refusal):
    """Two things that must belong together do not."""


class Stale(Refusal):
    """The record changed since the page was shown; the person must look again."""


class Duplicate(Refusal):
    """It exists already, or this very request was recorded already."""


class SpecificationNotMet(Refusal):
    """The evidence does not meet the release specification the culture pinned."""


class Unattributed(RuntimeError):
    """A change without actor, command or demanded reason: a programming error, never shown as a refusal."""
