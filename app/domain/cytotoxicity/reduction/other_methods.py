"""% lysis by the methods without chromium, from means: other releases, LDH, flow; and chromium's decay. Not plates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.domain.errors import Invalid
from app.domain.finite import settled

CR51_HALF_LIFE_D = 27.7025


@dataclass(frozen=True, slots=True)
class ReleaseLysis:
    """% lysis and S/M of one experiment; `s_over_m_net_percent` only with a blank."""

    lysis_percent: Decimal
    s_over_m_gross_percent: Decimal
    s_over_m_net_percent: Decimal | None


@dataclass(frozen=True, slots=True)
class LdhMeans:
    """Mean absorbances of an LDH release: replicates are averaged first."""

    experimental: Decimal
    effector_spontaneous: Decimal
    target_spontaneous: Decimal
    target_maximum: Decimal
    medium_background: Decimal
    volume_correction: Decimal


def release_lysis(
    experimental: Decimal, *, spontaneous: Decimal, maximum: Decimal, blank: Decimal | None
) -> ReleaseLysis:
    """100 (E - S) / (M - S) of mean signals (calcein, europium); the blank matters for S/M only. Refuses M <= S."""
    e, s, m = Fraction(experimental), Fraction(spontaneous), Fraction(maximum)
    lysis = 100 * (e - s) / _span(m, s)
    net = None if blank is None else settled(100 * (s - Fraction(blank)) / _span(m, Fraction(blank)))
    return ReleaseLysis(settled(lysis), settled(100 * s / _span(m, Fraction(0))), net)


def ldh_lysis(means: LdhMeans) -> Decimal:
    """100 (E - Es - Ts) / (Tm - Ts), medium taken off E, Es and Ts, the volume control off Tm (promega TB163)."""
    medium = Fraction(means.medium_background)
    experimental = Fraction(means.experimental) - medium
    effectors, targets = Fraction(means.effector_spontaneous) - medium, Fraction(means.target_spontaneous) - medium
    maximum = Fraction(means.target_maximum) - Fraction(means.volume_correction)
    return settled(100 * (experimental - effectors - targets) / _span(maximum, targets))


def flow_lysis(dead_percent: Decimal, spontaneous_percent: Decimal) -> Decimal:
    """100 (dead - spontaneous) / (100 - spontaneous) of labelled targets (Abbott 1925); negative is kept."""
    dead, spontaneous = Fraction(dead_percent), Fraction(spontaneous_percent)
    return settled(100 * (dead - spontaneous) / _span(Fraction(100), spontaneous))


def cr51_decay_factor(elapsed_h: float) -> float:
    """Part of chromium-51 left after so many hours: 2^(-t / 27.7025 d). Four hours take 0.4 %."""
    return float(2 ** (-elapsed_h / 24 / CR51_HALF_LIFE_D))


def _span(high: Fraction, low: Fraction) -> Fraction:
    if high <= low:
        raise Invalid(
            "maximum_not_above_spontaneous",
            "Maximum release is not above spontaneous release, so there is no scale. Check the controls.",
        )
    return high - low
