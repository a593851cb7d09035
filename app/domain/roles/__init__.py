"""Who may do what. Not who is independent of what: that is `app.domain.independence`."""

from app.domain.roles.permission import (
    Permission,
    decide,
    may_read,
    require,
    require_combinable,
    require_reading,
)
from app.domain.roles.policy import GRANT_OF, POLICY, Right, Rule
from app.domain.roles.training import WITHOUT_TRAINING, require_trained
from app.domain.roles.words import Action, Grant, How, Role

__all__ = [
    "GRANT_OF",
    "POLICY",
    "WITHOUT_TRAINING",
    "Action",
    "Grant",
    "How",
    "Permission",
    "Right",
    "Role",
    "Rule",
    "decide",
    "may_read",
    "require",
    "require_combinable",
    "require_reading",
    "require_trained",
]
