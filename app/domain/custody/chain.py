"""Whether the chain of custody of a bag holds from filling to now. Computed, never typed.

House rule: rules, section 3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.custody.events import CustodyEvent, CustodyKind, as_corrected


class GapKind(StrEnum):
    """In which way one link does not follow from the one before."""

    MISSING_RECEIPT = "missing_receipt"
    HOLDER_MISMATCH = "holder_mismatch"
    PLACE_MISMATCH = "place_mismatch"
    TIME_REVERSED = "time_reversed"
    SEAL_MISMATCH = "seal_mismatch"
    TEMPERATURE_EXCURSION = "temperature_excursion"
    UNEXPLAINED_INTERVAL = "unexplained_interval"


class ChainVerdict(StrEnum):
    """BROKEN blocks release and issue, and stops at the bedside."""

    COMPLETE = "complete"
    EXPLAINED = "explained"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap before or at the link `seq`; explained by a closed deviation linked to it."""

    kind: GapKind
    seq: int
    is_explained: bool


@dataclass(frozen=True, slots=True)
class CustodyLimits:
    """The site's limits: storage temperature in degrees Celsius, and how long a bag may be on its way."""

    lowest_c: Decimal
    highest_c: Decimal
    longest_transit: timedelta


@dataclass(frozen=True, slots=True)
class CustodyChain:
    """All links of a bag judged together."""

    links: int
    gaps: tuple[Gap, ...]

    @property
    def verdict(self) -> ChainVerdict:
        """COMPLETE without gaps, EXPLAINED when every gap is, else BROKEN."""
        if not self.gaps:
            return ChainVerdict.COMPLETE
        return ChainVerdict.EXPLAINED if all(gap.is_explained for gap in self.gaps) else ChainVerdict.BROKEN

    @property
    def line(self) -> str:
        """The one line pages show."""
        if not self.gaps:
            return f"unbroken, {self.links} of {self.links} links"
        still_open = [gap.kind.value.replace("_", " ") for gap in self.gaps if not gap.is_explained]
        if not still_open:
            return f"{self.links} links, every gap explained"
        return f"broken: {', '.join(still_open)}"


def judge_chain(events: Sequence[CustodyEvent], limits: CustodyLimits, explained: Collection[int] = ()) -> CustodyChain:
    """Judge the links of one bag. `explained` lists the `seq` of links with a closed deviation about the gap."""
    links = as_corrected(events)
    gaps = tuple(Gap(kind, link.seq, link.seq in explained) for kind, link in _gaps(links, limits))
    return CustodyChain(len(links), gaps)


_BEFORE_RECEIPT: Final = frozenset({CustodyKind.ISSUE, CustodyKind.HAND_OVER, CustodyKind.WITHHOLD})
_ARRIVAL: Final = frozenset({CustodyKind.RECEIVE, CustodyKind.RETURN})


def _gaps(links: Sequence[CustodyEvent], limits: CustodyLimits) -> Iterator[tuple[GapKind, CustodyEvent]]:
    if links[0].kind is not CustodyKind.FILL:
        yield GapKind.UNEXPLAINED_INTERVAL, links[0]
    is_on_its_way = False
    seal: str | None = None
    for number, link in enumerate(links):
        if number:
            yield from ((kind, link) for kind in _joints(links[number - 1], link))
        if is_on_its_way and link.kind not in (*_ARRIVAL, *_BEFORE_RECEIPT, CustodyKind.DISPOSE):
            yield GapKind.MISSING_RECEIPT, link
        if is_on_its_way and _elapsed(links[number - 1], link) > limits.longest_transit:
            yield GapKind.UNEXPLAINED_INTERVAL, link
        if link.kind in _ARRIVAL and link.seal != seal:
            yield GapKind.SEAL_MISMATCH, link
        if link.temperature_c is not None and not limits.lowest_c <= link.temperature_c <= limits.highest_c:
            yield GapKind.TEMPERATURE_EXCURSION, link
        is_on_its_way = link.kind is CustodyKind.ISSUE or (is_on_its_way and link.kind in _BEFORE_RECEIPT)
        seal = link.seal if link.kind is CustodyKind.ISSUE else seal


def _joints(before: CustodyEvent, link: CustodyEvent) -> Iterator[GapKind]:
    if link.from_holder_id != before.to_holder_id:
        yield GapKind.HOLDER_MISMATCH
    if link.from_place_id != before.to_place_id:
        yield GapKind.PLACE_MISMATCH
    if link.at < before.at:
        yield GapKind.TIME_REVERSED


def _elapsed(before: CustodyEvent, link: CustodyEvent) -> timedelta:
    return link.at.astimezone(UTC) - before.at.astimezone(UTC)
