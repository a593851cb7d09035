"""The first minute of a site: the code of `veinline init` makes the first administrator. Works once."""

from __future__ import annotations

from app.db.transaction import Transaction, command
from app.identity.commands.accounts import UserFact, add_user, keep_secrets
from app.identity.commands.codes import take_one_time_code
from app.identity.commands.rights import bootstrap_administrator
from app.identity.schemas import FirstAdministrator


@command
def make_first_administrator(tx: Transaction, asked: FirstAdministrator) -> UserFact:
    """The holder of the code becomes administrator, with secrets nobody else knows."""
    take_one_time_code(tx, asked.one_time_code, "first_administrator")
    user = add_user(tx, asked.user_name, asked.full_name)
    keep_secrets(tx, user, asked.password, asked.pin)
    return bootstrap_administrator(tx, user.id)
