"""How far each way to a lytic unit is from the truth, on simulated curves whose truth is known. It judges nothing.

    .venv/bin/python tools/bench/lytic_units.py [--curves 2000] [--picture docs/pictures/lytic-unit-bias.svg]

True plateau 80 %, E:T 40, 20, 10 and 5, three wells each with a standard deviation of 2 points and 3 % of the value;
the rate is chosen so that the curve stands at the given lysis at 40:1. Of each model the ratio of the estimated to the
true LU20 is shown, its median with the 5th and 95th percentile, where the model gives one. The last column is what the
reporting rule of the house says of the same curves. The table is in docs/lytic-units.md.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import mean, median, quantiles, stdev

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.domain.cytotoxicity.method import HOUSE_SETTINGS, LyticUnitDefinition, Model
from app.domain.cytotoxicity.models.comparison import ratio_by_model
from app.domain.cytotoxicity.models.exponential import fit_exponential
from app.domain.cytotoxicity.models.points import Point, within_reach
from app.domain.cytotoxicity.reporting import Curve, CurvePoint, LyticUnits, Status, report

PLATEAU = 80.0
RATIOS = (5, 10, 20, 40)
WELLS = 3
LYSIS = 20.0
TARGETS_PER_WELL = 5000
HIGHEST = (10, 20, 30, 45, 65)
DEFINITION = LyticUnitDefinition(Decimal(20), 10_000_000)
RULE = "house rule"


@dataclass(frozen=True)
class Spread:
    """Estimated over true lytic units: median, 5th and 95th percentile; and of which share of curves there is one."""

    middle: float
    low: float
    high: float
    share: float

    def __str__(self) -> str:
        none = f", {100 * (1 - self.share):.0f} % none" if self.share < 0.995 else ""
        return f"{self.middle:.2f} [{self.low:.2f}, {self.high:.2f}]{none}"


@dataclass(frozen=True)
class Row:
    """Everything found at one highest lysis."""

    highest: int
    spreads: dict[str, Spread]
    statuses: Counter[Status]


def main() -> None:
    """Simulate, print the table, draw the picture."""
    asked = _arguments()
    rows = [simulated(highest, asked.curves, Random(highest)) for highest in HIGHEST]  # noqa: S311  no secret
    names = list(rows[-1].spreads)
    print(f"{asked.curves} curves a row\n\n| highest lysis | {' | '.join(names)} | the rule says |")
    print("|---" * (len(names) + 2) + "|")
    for row in rows:
        cells = [str(row.spreads[name]) if name in row.spreads else "none" for name in names]
        said = ", ".join(f"{status.value} {100 * n / asked.curves:.0f} %" for status, n in row.statuses.most_common())
        print(f"| {row.highest} % | {' | '.join(cells)} | {said} |")
    if asked.picture:
        asked.picture.write_text(picture(rows), encoding="utf-8")


def simulated(highest: int, curves: int, chance: Random) -> Row:
    """Many curves of one truth, each fitted in every way."""
    rate = -math.log1p(-highest / PLATEAU) / max(RATIOS)
    true_ratio = -math.log1p(-LYSIS / PLATEAU) / rate
    found: dict[str, list[float]] = {}
    statuses: Counter[Status] = Counter()
    for _ in range(curves):
        measured = [_measured(ratio, -PLATEAU * math.expm1(-rate * ratio), chance) for ratio in RATIOS]
        said = _said(measured)
        statuses[said.status] += 1
        for name, ratio in (_ratios([point for point, _ in measured]) | {RULE: _reported(said)}).items():
            if ratio is not None:
                found.setdefault(name, []).append(true_ratio / ratio)
    return Row(highest, {name: _spread(each, curves) for name, each in found.items()}, statuses)


def _measured(ratio: int, lysis: float, chance: Random) -> tuple[Point, float]:
    """The mean of the wells and its standard error."""
    wells = [chance.gauss(lysis, 2 + 0.03 * lysis) for _ in range(WELLS)]
    return Point(ratio, mean(wells)), stdev(wells) / math.sqrt(WELLS)


def _ratios(points: Sequence[Point]) -> dict[str, float | None]:
    """The E:T that gives 20 % lysis, by each way."""
    fits = {"A free": None, "A = 80": PLATEAU, "A = 100": 100.0}
    exponential = {
        name: within_reach(fit_exponential(points, plateau).ratio_at(LYSIS), points) for name, plateau in fits.items()
    }
    others = {"von Krogh": Model.VON_KROGH, "log-linear": Model.LOG_LINEAR}
    return exponential | {name: ratio_by_model(model, points, LYSIS) for name, model in others.items()}


def _said(measured: Sequence[tuple[Point, float]]) -> LyticUnits:
    points = tuple(
        CurvePoint(Decimal(str(point.ratio)), Decimal(str(point.lysis)), Decimal(str(error)))
        for point, error in measured
    )
    return report(Curve(points, TARGETS_PER_WELL), DEFINITION, HOUSE_SETTINGS)


def _reported(said: LyticUnits) -> float | None:
    return float(said.ratio_at_lysis) if said.ratio_at_lysis is not None else None


def _spread(values: list[float], curves: int) -> Spread:
    if len(values) < 2:
        return Spread(values[0], values[0], values[0], len(values) / curves)
    twentieths = quantiles(values, n=20)
    return Spread(median(values), twentieths[0], twentieths[-1], len(values) / curves)


def picture(rows: Sequence[Row]) -> str:
    """The spreads beside each other on a logarithmic scale from a tenth to ten times the truth, as SVG."""
    names = list(rows[-1].spreads)
    colours = dict(zip(names, ("#3840a0", "#0f7b6c", "#b25e09", "#8a2be2", "#b3261e", "#1a1a1a"), strict=True))
    marks = []
    for number, row in enumerate(rows):
        for place, name in enumerate(name for name in names if name in row.spreads):
            marks.append(_mark(150 * number + 70 + 18 * place, row.spreads[name], colours[name]))
        marks.append(f'<text x="{150 * number + 115}" y="336" text-anchor="middle">{row.highest} %</text>')
    scale = [
        f'<path d="M50 {_height(value):.1f}H810" stroke="{"#444" if value == 1 else "#ccc"}"/>'
        f'<text x="44" y="{_height(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        for value in (0.1, 0.2, 0.5, 1, 2, 5)
    ]
    legend = [
        f'<circle cx="{70 + 125 * n}" cy="372" r="4" fill="{colours[name]}"/>'
        f'<text x="{80 + 125 * n}" y="376">{name}</text>'
        for n, name in enumerate(names)
    ]
    title = "Estimated over true LU20 by highest lysis of the curve: median, 5th and 95th percentile. Simulated."
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 830 390" role="img" font-family="sans-serif"'
        ' font-size="12">'
        f'<title>{title}</title><rect width="830" height="390" fill="#fff"/><text x="50" y="18">{title}</text>'
        f"{''.join([*scale, *marks, *legend])}</svg>\n"
    )


def _mark(x: float, spread: Spread, colour: str) -> str:
    low, high, middle = _height(spread.low), _height(spread.high), _height(spread.middle)
    return (
        f'<path d="M{x} {low:.1f}V{high:.1f}" stroke="{colour}" stroke-width="2"/>'
        f'<circle cx="{x}" cy="{middle:.1f}" r="4" fill="{colour}"/>'
    )


def _height(ratio: float) -> float:
    """From 0.08 at the foot to 5 at the head."""
    return 316 - 280 * math.log(min(max(ratio, 0.08), 5) / 0.08) / math.log(5 / 0.08)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curves", type=int, default=2000)
    parser.add_argument("--picture", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
