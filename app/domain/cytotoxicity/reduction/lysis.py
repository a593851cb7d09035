"""% specific lysis, its standard error, and spontaneous as a share of maximum release. Not their judgement in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.domain.cytotoxicity.method import AssaySettings
from app.domain.cytotoxicity.reduction.groups import Grade, Group, Replicates
from app.domain.finite import settled


class Basis(StrEnum):
    """Whether S/M was judged on gross counts or net of the blanks."""

    GROSS = "gross"
    NET = "net"


@dataclass(frozen=True, slots=True)
class SpontaneousShare:
    """S/M in percent, gross and net of the blanks, and how the judged one stands."""

    gross_percent: Decimal | None
    net_percent: Decimal | None
    basis: Basis
    grade: Grade

    @property
    def judged_percent(self) -> Decimal | None:
        """The one the check uses: net when there are blanks."""
        return self.net_percent if self.basis is Basis.NET else self.gross_percent


@dataclass(frozen=True, slots=True)
class LysisPoint:
    """% specific lysis at one E:T with its standard error. Negative values and values above 100 are kept."""

    effector_target_ratio: Decimal
    replicates: Replicates
    lysis_percent: Decimal | None
    se_percent: Decimal | None
    is_usable: bool


@dataclass(frozen=True, slots=True)
class Controls:
    """The three control groups of a plate."""

    spontaneous: Group
    maximum: Group
    background: Group

    def lysis(self, experimental: Fraction) -> Decimal | None:
        """100 (E - S) / (M - S); None when there is no scale, that is unless M > S."""
        s, m = self.spontaneous.mean, self.maximum.mean
        if s is None or m is None or m <= s:
            return None
        return settled(100 * (experimental - s) / (m - s))

    def share(self, settings: AssaySettings) -> SpontaneousShare:
        """S/M and its grade; net when at least as many blanks as a group needs are usable."""
        has_blanks = len(self.background.used) >= settings.min_wells
        gross = self._share_above(Fraction(0))
        net = self._share_above(self.background.mean) if has_blanks and self.background.mean is not None else None
        judged = net if has_blanks else gross
        if judged is None or judged > settings.sm_limit:
            grade = Grade.INVALID
        else:
            grade = Grade.PASSED if 0 <= judged < settings.sm_warn else Grade.WARN
        return SpontaneousShare(gross, net, Basis.NET if has_blanks else Basis.GROSS, grade)

    def point(self, ratio: Decimal, effectors: Group, settings: AssaySettings) -> LysisPoint:
        """% lysis at one E:T; usable with enough wells and a scale."""
        lysis = None if effectors.mean is None else self.lysis(effectors.mean)
        is_usable = lysis is not None and len(effectors.used) >= settings.min_wells
        se = None if lysis is None else self._standard_error(effectors)
        return LysisPoint(ratio, effectors.replicates(settings), lysis, se, is_usable)

    def _share_above(self, blank: Fraction) -> Decimal | None:
        s, m = self.spontaneous.mean, self.maximum.mean
        if s is None or m is None or m <= blank:
            return None
        return settled(100 * (s - blank) / (m - blank))

    def _standard_error(self, effectors: Group) -> Decimal | None:
        """100 sqrt(vE/d^2 + vS ((E-M)/d^2)^2 + vM ((E-S)/d^2)^2), v = s^2/n of each mean, d = M - S."""
        parts = [
            (group.mean, group.variance / len(group.used))
            for group in (effectors, self.spontaneous, self.maximum)
            if group.mean is not None and group.variance is not None
        ]
        if len(parts) < 3:
            return None
        (e, ve), (s, vs), (m, vm) = parts
        d = m - s
        return settled(100 * math.sqrt(ve / d**2 + vs * ((e - m) / d**2) ** 2 + vm * ((e - s) / d**2) ** 2))
