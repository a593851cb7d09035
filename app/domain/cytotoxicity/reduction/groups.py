"""Replicate wells of one group: exact mean and variance, their spread and its grade. Not what the group means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.domain.cytotoxicity.method import AssaySettings
from app.domain.cytotoxicity.plate import Plate, Well
from app.domain.finite import settled
from app.domain.vocabulary import WellRole


class Grade(StrEnum):
    """How a check stands."""

    PASSED = "pass"
    WARN = "warn"
    HIGH = "high"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Replicates:
    """The used wells of one group. `cv_percent` is 100 s / mean on gross counts; None below two wells or at zero."""

    wells_used: int
    mean: Decimal | None
    cv_percent: Decimal | None
    cv_grade: Grade | None


@dataclass(frozen=True, slots=True)
class Group:
    """Used wells with mean and sample variance as exact fractions."""

    name: str
    used: tuple[Well, ...]
    mean: Fraction | None
    variance: Fraction | None

    def cv_percent(self) -> Decimal | None:
        """100 s / mean; None without a variance or at a mean of zero."""
        if self.variance is None or not self.mean:
            return None
        return settled(100 * math.sqrt(self.variance) / self.mean)

    def cv_grade(self, settings: AssaySettings) -> Grade | None:
        """The spread against the site's limits: the warn limit itself warns, the high limit itself does not."""
        cv = self.cv_percent()
        if cv is None:
            return None
        if cv < settings.cv_warn:
            return Grade.PASSED
        return Grade.WARN if cv <= settings.cv_high else Grade.HIGH

    def replicates(self, settings: AssaySettings) -> Replicates:
        """What is reported of the group."""
        mean = None if self.mean is None else settled(self.mean)
        return Replicates(len(self.used), mean, self.cv_percent(), self.cv_grade(settings))

    def farthest(self) -> tuple[str, ...]:
        """Positions of the wells farthest from the mean, all of them when several are equally far."""
        distances = {
            well.position: abs(Fraction(well.value) - self.mean)
            for well in self.used
            if well.value is not None and self.mean is not None
        }
        return tuple(position for position, far in distances.items() if far == max(distances.values()))


def control_group(plate: Plate, role: WellRole) -> Group:
    """The used wells of a control."""
    return _group(f"{role.value} release", [well for well in plate.wells if well.role is role])


def effector_groups(plate: Plate) -> dict[Decimal, Group]:
    """The used wells of each E:T ratio, from the highest down."""
    ratios = {well.effector_target_ratio for well in plate.wells if well.effector_target_ratio is not None}
    return {
        ratio: _group(ratio_words(ratio), [well for well in plate.wells if well.effector_target_ratio == ratio])
        for ratio in sorted(ratios, reverse=True)
    }


def ratio_words(ratio: Decimal) -> str:
    """How a ratio reads in a sentence: `E:T 2.5`."""
    return f"E:T {ratio.normalize():f}"


def _group(name: str, wells: list[Well]) -> Group:
    used = tuple(well for well in wells if well.is_used)
    values = [Fraction(well.value) for well in used if well.value is not None]
    if not values:
        return Group(name, used, None, None)
    mean = sum(values, Fraction(0)) / len(values)
    squares = sum(((value - mean) ** 2 for value in values), Fraction(0))
    return Group(name, used, mean, squares / (len(values) - 1) if len(values) > 1 else None)
