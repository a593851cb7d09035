"""What an assay method pins: engine version, settings of the reporting rule, the lytic unit. No results."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.errors import Invalid
from app.domain.finite import positive

ENGINE_VERSION = "1"
"""Rises whenever the same wells could give another number. Stored results keep theirs."""


class Model(StrEnum):
    """Curves of % lysis against effectors per target. `exp` is reported, the others stand beside it on request."""

    EXP = "exp"
    EXP_LINEARISED = "exp_linearised"
    VON_KROGH = "von_krogh"
    LOGIT = "logit"
    PROBIT = "probit"
    LOG_LINEAR = "log_linear"
    INTERPOLATION = "interpolation"


class PlateauMode(StrEnum):
    """Whether the plateau A is fitted, fixed, or chosen by the curve (house rule, domain design 9.6)."""

    AUTO = "auto"
    FREE = "free"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class AssaySettings:
    """The numbers of the reporting rule, domain design 9.7. A site may change them; a result keeps those it used.

    Percentages throughout; `a_fixed` is the plateau for fixed fits, `hook_se_factor`, `range_factor` are factors.
    """

    a_mode: PlateauMode
    a_fixed: Decimal
    free_min_lysis: Decimal
    min_points: int
    min_points_free: int
    min_wells: int
    range_factor: Decimal
    hook_min_drop: Decimal
    hook_se_factor: Decimal
    r2_min: Decimal
    r2_flag: Decimal
    sm_warn: Decimal
    sm_limit: Decimal
    cv_warn: Decimal
    cv_high: Decimal
    reference_ratio: Decimal

    def __post_init__(self) -> None:
        if not 0 < self.a_fixed <= 100:
            raise Invalid("plateau_impossible", f"A plateau of {self.a_fixed} % is not above 0 and up to 100 %.")
        if min(self.min_wells, self.min_points) < 2:
            raise Invalid("too_few_demanded", "A method needs at least 2 wells per group and 2 points.")


HOUSE_SETTINGS = AssaySettings(
    a_mode=PlateauMode.AUTO,
    a_fixed=Decimal(100),
    free_min_lysis=Decimal(30),
    min_points=3,
    min_points_free=4,
    min_wells=2,
    range_factor=Decimal(2),
    hook_min_drop=Decimal(5),
    hook_se_factor=Decimal(2),
    r2_min=Decimal("0.8"),
    r2_flag=Decimal("0.9"),
    sm_warn=Decimal(20),
    sm_limit=Decimal(30),
    cv_warn=Decimal(15),
    cv_high=Decimal(25),
    reference_ratio=Decimal(20),
)
"""House rule: the settings in force until a site pins its own. Convention, no published source."""


@dataclass(frozen=True, slots=True)
class LyticUnitDefinition:
    """Which lytic unit: `lysis_percent` is p, `per_effectors` is N0. Without both a lytic unit is no number."""

    lysis_percent: Decimal
    per_effectors: int

    def __post_init__(self) -> None:
        if not 0 < self.lysis_percent < 100:
            raise Invalid("threshold_impossible", f"A lysis of {self.lysis_percent} % defines no lytic unit.")
        positive(self.per_effectors, "the number of effectors of a lytic unit")

    def __str__(self) -> str:
        return f"LU{self.lysis_percent:f} per {self.per_effectors:,}"


LU30_PER_1E7 = LyticUnitDefinition(Decimal(30), 10**7)
LU20_PER_1E7 = LyticUnitDefinition(Decimal(20), 10**7)
REPORTED = (LU30_PER_1E7, LU20_PER_1E7)
"""House rule: LU30 per 1e7 with LU20 per 1e7 beside it."""
