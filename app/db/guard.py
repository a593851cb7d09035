"""What a guard is: one condition inside the database. The guards themselves are `app.db.guards`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """`must_hold` in SQL over NEW (and OLD), checked before `event` ("INSERT" or "UPDATE") on `table`.

    `when` limits the check to rows it concerns; `code` is the refusal's slug. `SECONDS(a, b)` in `must_hold` are the
    seconds from one instant to the other.
    """

    code: str
    table: str
    event: str
    must_hold: str
    when: str = "1 = 1"
