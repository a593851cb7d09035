"""What may be done with a bag now, for this person; and what is missing, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from app.custody.queries.standing import BagStanding, problem_on_the_way, restock_problem
from app.domain.actor import Actor
from app.domain.roles import Action
from app.domain.states import BAG, BagAct, BagState
from app.patients.queries.acts import Act, may


class Move(StrEnum):
    """A step with a form of its own under the bag."""

    RECEIVE = "receive"
    ISSUE = "issue"
    HAND_OVER = "hand-over"
    STORE = "store"
    RETURN = "return"
    RESTOCK = "restock"
    DESTROY = "destroy"
    WASTE = "waste"
    RECALL = "recall"

    @property
    def verb(self) -> str:
        """The words on its button."""
        return _VERBS[self]


@dataclass(frozen=True, slots=True)
class Moves:
    """The legal steps. `main` leads to the patient, `others` do not; `missing` is (step, why it waits)."""

    main: Act | None
    others: tuple[Act, ...]
    missing: tuple[str, str] | None

    @property
    def acts(self) -> tuple[Act, ...]:
        """All of them, the main one first."""
        return (() if self.main is None else (self.main,)) + self.others


def moves_of(db: Connection, bag: BagStanding, actor: Actor, now: datetime) -> Moves:
    """Three statements more where the bag could go on: then its chain and its endotoxin are read."""
    legal = [move for move in Move if is_legal(bag, move, actor)]
    step = next((move for move in legal if move in _ONWARD), None)
    problem = None if step is None else _ONWARD[step](db, bag, now)
    if problem is not None:
        legal = [move for move in legal if move is not step]
    acts = [Act(f"/bags/{bag.code}/{move}", move.verb) for move in legal]
    leads_on = bool(legal) and legal[0] in _ONWARD
    if bag.state is BagState.RECEIVED and may(actor, Action.START_INFUSION):
        acts.insert(0, Act("/bedside", "Check at the bedside"))
        leads_on = True
    return Moves(
        main=acts[0] if leads_on else None,
        others=tuple(acts[1:] if leads_on else acts),
        missing=None if step is None or problem is None else (step.verb, problem.words),
    )


def is_legal(bag: BagStanding, move: Move, actor: Actor) -> bool:
    """Whether role and state permit the step. Storing, handing over and returning is for who holds the bag."""
    if not may(actor, _ACTIONS[move]) or (move in _BY_HOLDER and bag.holder_id != actor.user_id):
        return False
    if move is Move.RECALL and bag.state is BagState.INFUSING:
        return True
    if move in _ACTS:
        return _ACTS[move] in BAG.acts_from(bag.state)
    return bag.state not in BAG.terminal and bag.state is not BagState.INFUSING


_ONWARD: Final = {
    Move.ISSUE: problem_on_the_way,
    Move.RECEIVE: problem_on_the_way,
    Move.RESTOCK: restock_problem,
}
"""The steps towards the patient, and what is asked before each."""

_BY_HOLDER: Final = frozenset({Move.HAND_OVER, Move.STORE, Move.RETURN})
_VERBS: Final = {
    Move.RECEIVE: "Receive bag",
    Move.ISSUE: "Issue bag",
    Move.HAND_OVER: "Hand over bag",
    Move.STORE: "Store bag",
    Move.RETURN: "Return bag",
    Move.RESTOCK: "Restock bag",
    Move.DESTROY: "Destroy bag",
    Move.WASTE: "Record spill or break",
    Move.RECALL: "Recall bag",
}
_ACTIONS: Final = {
    Move.RECEIVE: Action.RECEIVE_BAG,
    Move.ISSUE: Action.ISSUE_BAG,
    Move.HAND_OVER: Action.HAND_OVER_BAG,
    Move.STORE: Action.HAND_OVER_BAG,
    Move.RETURN: Action.RETURN_BAG,
    Move.RESTOCK: Action.RESTOCK_BAG,
    Move.DESTROY: Action.DESTROY_BAG,
    Move.WASTE: Action.DESTROY_BAG,
    Move.RECALL: Action.START_RECALL,
}
_ACTS: Final = {
    Move.RECEIVE: BagAct.RECEIVE,
    Move.ISSUE: BagAct.ISSUE,
    Move.RETURN: BagAct.RETURN,
    Move.RESTOCK: BagAct.RESTOCK,
    Move.DESTROY: BagAct.DESTROY,
    Move.WASTE: BagAct.WASTE,
    Move.RECALL: BagAct.RECALL,
}
