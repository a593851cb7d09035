"""What a state table is and how it answers. No table itself, and no guard: rights are `app.domain.roles`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from app.domain.errors import WrongState

State = TypeVar("State", bound=StrEnum)
Act = TypeVar("Act", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class StateTable(Generic[State, Act]):
    """All permitted moves of one kind of thing. It begins by `begin` in `first`.

    What is not in `rows` is refused.
    """

    begin: Act
    first: State
    rows: Mapping[tuple[State, Act], State]

    @property
    def terminal(self) -> frozenset[State]:
        """The states nothing leads out of."""
        moving = {state for (state, _), target in self.rows.items() if target is not state}
        return frozenset(type(self.first)) - moving

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every (from, to) a stored state may change by, in the words it is stored with."""
        return frozenset((state.value, to.value) for (state, _), to in self.rows.items() if to is not state)

    def acts_from(self, state: State) -> tuple[Act, ...]:
        """What may happen next in this state, in the order of the table."""
        return tuple(act for source, act in self.rows if source is state)


def state_table(
    begin: Act, first: State, *moves: tuple[tuple[State, ...], Act, State | None]
) -> StateTable[State, Act]:
    """Build a table from moves (from these states, by this act, to that state; None: it stays)."""
    rows: dict[tuple[State, Act], State] = {}
    for sources, act, target in moves:
        for source in sources:
            assert (source, act) not in rows, f"{source} by {act} stands twice"
            rows[source, act] = source if target is None else target
    return StateTable(begin, first, MappingProxyType(rows))


def next_state(table: StateTable[State, Act], state: State | None, act: Act, what: str) -> State:
    """The state after the act; `state` is None while the thing does not exist yet.

    `what` names the thing in the refusal: "Bag BG-D7M-26-000472-A". Raises WrongState; then nothing changes.
    """
    if state is None and act is table.begin:
        return table.first
    if state is not None and (state, act) in table.rows:
        return table.rows[state, act]
    raise WrongState(f"cannot_{act.value}", _sentence(table, state, act, what))


def _sentence(table: StateTable[State, Act], state: State | None, act: Act, what: str) -> str:
    if state is None:
        return f'{what} does not exist yet. The first step is "{_words(table.begin)}".'
    needed = " or ".join(_words(source) for source, listed in table.rows if listed is act)
    first = f'{what} is {_words(state)}; the step "{_words(act)}" '
    first += f"needs it to be {needed}." if needed else "happens only once, at its beginning."
    if state in table.terminal:
        return f"{first} Nothing more can happen to it. Check that you have the right one."
    return f"{first} Possible now: {', '.join(_words(listed) for listed in table.acts_from(state))}."


def _words(word: StrEnum) -> str:
    return word.value.replace("_", " ")
