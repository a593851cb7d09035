"""The test label of a printer: it shows dead dots, a wrong scale, a cut edge, thin bars, and what a reader sends.

House rule: labels, section 7.5. It names no thing: nothing on it is a code of the laboratory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.labels.content.parts import one_line
from app.domain.labels.reader_check import TEST_TEXT
from app.domain.labels.spec import (
    LEAST_IDENTITY_MM,
    LEAST_STATEMENT_MM,
    LEAST_TEXT_MM,
    Area,
    Box,
    Code,
    Item,
    LabelKind,
    LabelSpec,
    Pattern,
    Scheme,
    Symbology,
)

TEMPLATE_VERSION: Final = 1
EDGE_MM: Final = 1.0
LADDER_DOTS: Final = (2, 3, 4)
"""Of the bars; the squares beside them have one dot more, with two they have no margin."""
_STROKE_MM: Final = 0.25
_LEAST_MM: Final = 101.0
"""On smaller stock there is room for the square symbol of the scanner check alone."""


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """Which printer, its stock and its dots."""

    code: str
    printer: str
    width_mm: float
    height_mm: float
    dots_per_mm: int


def trial_label(facts: TrialFacts) -> LabelSpec:
    """The test label, as large as the stock."""
    items = (
        Box("border", Area(EDGE_MM, EDGE_MM, facts.width_mm - 2 * EDGE_MM, facts.height_mm - 2 * EDGE_MM), _STROKE_MM),
        *_rulers(facts),
        _comb(facts),
        *(_tall(facts) if _is_tall(facts) else _low(facts)),
    )
    return LabelSpec(LabelKind.TRIAL, facts.code, 1, facts.width_mm, facts.height_mm, items, TEMPLATE_VERSION)


def _is_tall(facts: TrialFacts) -> bool:
    return min(facts.width_mm, facts.height_mm) >= _LEAST_MM


def _rulers(facts: TrialFacts) -> Iterator[Item]:
    """A tick each millimetre along the top and the left edge, longer each ten."""
    dot = 1 / facts.dots_per_mm
    last_x, last_y = int(facts.width_mm) - 3, int(facts.height_mm) - (23 if _is_tall(facts) else 5)
    across = tuple(Area(mm, 1.5, dot, 2 if mm % 10 == 0 else 1) for mm in range(6, last_x))
    down = tuple(Area(1.5, mm, 2 if mm % 10 == 0 else 1, dot) for mm in range(6, last_y))
    yield Pattern("ruler across", Area(5.5, 1.5, last_x - 5.5, 2), across)
    yield Pattern("ruler down", Area(1.5, 5.5, 2, last_y - 5.5), down)


def _comb(facts: TrialFacts) -> Item:
    """One dot of ink, one dot of none, over the whole width: a dead dot of the head shows as a gap."""
    dot, y_mm = 1 / facts.dots_per_mm, facts.height_mm - 3.5
    teeth = int((facts.width_mm - 4) * facts.dots_per_mm / 2)
    bars = tuple(Area(2 + number * 2 * dot, y_mm, dot, 1.5) for number in range(teeth))
    return Pattern("comb", Area(2, y_mm, facts.width_mm - 4, 1.5), bars)


def _words(facts: TrialFacts, x_mm: float, y_mm: float, width_mm: float) -> Iterator[Item]:
    """Text at each least size, so that it is seen whether it can be read."""
    for name, size_mm, words in (
        ("name", LEAST_IDENTITY_MM, f"TEST {facts.printer}"),
        ("statement", LEAST_STATEMENT_MM, f"{facts.dots_per_mm} dots/mm"),
        ("least text", LEAST_TEXT_MM, "Readable: 0O 1I 5S 8B"),
    ):
        yield one_line(name, Area(x_mm, y_mm, width_mm, size_mm * 1.2), words, least_mm=min(size_mm, LEAST_TEXT_MM))
        y_mm += size_mm * 1.2 + 0.6


def _low(facts: TrialFacts) -> Iterator[Item]:
    yield _square("scanner check", TEST_TEXT, 5.5, 5.0, 0.375, facts)
    yield from _words(facts, 15.5, 4.4, facts.width_mm - 17.5)


def _tall(facts: TrialFacts) -> Iterator[Item]:
    yield from _words(facts, 6.0, 5.0, facts.width_mm - 9)
    yield _square("scanner check", TEST_TEXT, 7.0, 20.0, 0.5, facts)
    y_mm = 35.0
    for dots in LADDER_DOTS:
        module = dots / facts.dots_per_mm
        yield _square(f"square {dots + 1}", f"DOTS{dots + 1}", 7.0, y_mm, (dots + 1) / facts.dots_per_mm, facts)
        yield _linear(f"linear {dots}", f"DOTS{dots}", 22.0 + 10 * module, y_mm, module, 8.0, facts)
        y_mm += 14.0
    yield _linear("scanner check, linear", TEST_TEXT, 3.75, 79.5, 0.25, 14.2, facts)


def _linear(
    name: str, text: str, x_mm: float, y_mm: float, module_mm: float, height_mm: float, facts: TrialFacts
) -> Code:
    least_mm = _least(facts)
    return Code(name, Symbology.CODE_128, x_mm, y_mm, module_mm, text, height_mm, least_mm, Scheme.TEST)


def _square(name: str, text: str, x_mm: float, y_mm: float, module_mm: float, facts: TrialFacts) -> Code:
    return Code(name, Symbology.DATA_MATRIX, x_mm, y_mm, module_mm, text, 0.0, _least(facts), Scheme.TEST)


def _least(facts: TrialFacts) -> float:
    """The ladder begins at two dots: on twelve dots a millimetre that is thinner than any label of ours."""
    return 2 / facts.dots_per_mm
