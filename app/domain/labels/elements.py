"""The elements of labels: what else than statements stands there, and by which items. Not at which stage: that is data.

Source of the shipped rows: UK Red Book section 22.12, table 22.2 (adapted from FACT-JACIE), published in part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.labels.statements import Placement, Stage, StatementFacts


class Element(StrEnum):
    """What a label says beside its statements."""

    PRODUCT_ID = "product_id"
    PROPER_NAME = "proper_name"
    RECIPIENT = "recipient"
    COLLECTION_END = "collection_end"
    VOLUME = "volume"
    ADDITIVES = "additives"
    COLLECTION_FACILITY = "collection_facility"
    DONOR = "donor"
    STORAGE = "storage"
    BLOOD_GROUP = "blood_group"
    RED_CELLS = "red_cells"
    PROCESSING_FACILITY = "processing_facility"
    EXPIRY = "expiry"

    @property
    def words(self) -> str:
        """As people read it: "recipient name and number"."""
        return _WORDS[self]


_WORDS: Final[Mapping[Element, str]] = MappingProxyType(
    {
        Element.PRODUCT_ID: "unique code of the product",
        Element.PROPER_NAME: "proper name of the product",
        Element.RECIPIENT: "recipient name and number",
        Element.COLLECTION_END: "end of collection with zone",
        Element.VOLUME: "approximate volume",
        Element.ADDITIVES: "anticoagulant and additives",
        Element.COLLECTION_FACILITY: "collection facility",
        Element.DONOR: "donor name and number",
        Element.STORAGE: "storage temperature",
        Element.BLOOD_GROUP: "ABO and Rh of the donor",
        Element.RED_CELLS: "red-cell compatibility",
        Element.PROCESSING_FACILITY: "processing facility",
        Element.EXPIRY: "expiry date and time",
    }
)

ITEMS: Final[Mapping[Element, tuple[frozenset[str], ...]]] = MappingProxyType(
    {
        Element.PRODUCT_ID: (frozenset({"square symbol"}), frozenset({"code"})),
        Element.PROPER_NAME: (frozenset({"product name"}),),
        Element.RECIPIENT: (frozenset({"recipient name"}), frozenset({"hospital number"})),
        Element.COLLECTION_END: (frozenset({"end of collection"}), frozenset({"caption of end of collection"})),
        Element.VOLUME: (frozenset({"Volume", "Volume, about"}),),
        Element.ADDITIVES: (frozenset({"Anticoagulant"}),),
        Element.COLLECTION_FACILITY: (frozenset({"Collected at"}),),
        Element.DONOR: (frozenset({"recipient name"}), frozenset({"hospital number"})),
        Element.STORAGE: (frozenset({"storage"}),),
        Element.BLOOD_GROUP: (frozenset({"blood group"}),),
        Element.RED_CELLS: (frozenset({"red-cell compatibility"}),),
        Element.PROCESSING_FACILITY: (frozenset({"site"}),),
        Element.EXPIRY: (frozenset({"expiry"}), frozenset({"caption of expiry"})),
    }
)
"""The one map from elements to the names of items: of each set one must stand on the label.

The donor is the recipient: the product is autologous, facts of another donor make no label.
"""


@dataclass(frozen=True, slots=True)
class ElementRule:
    """One row: where the element stands at each stage, and whether only where it applies at all."""

    element: Element
    is_conditional: bool
    placements: Mapping[Stage, Placement]
    source: str

    def required(self, facts: StatementFacts) -> tuple[RequiredElement, ...]:
        """The element at the stage of the facts, or nothing. A condition nobody can decide counts as met."""
        placement = self.placements.get(facts.stage)
        is_absent = self.is_conditional and self.element is Element.EXPIRY and not facts.has_expiry
        return (
            () if placement is None or is_absent else (RequiredElement(self.element, placement, self.is_conditional),)
        )


@dataclass(frozen=True, slots=True)
class RequiredElement:
    """One element a label needs, or that goes with its product."""

    element: Element
    placement: Placement
    is_conditional: bool

    @property
    def words(self) -> str:
        """As a list of what goes with the product names it."""
        return f"{self.element.words}, if it applies" if self.is_conditional else self.element.words

    def stands_on(self, shown: frozenset[str]) -> bool:
        """Whether every part of it is among the items a label shows."""
        return all(names & shown for names in ITEMS[self.element])

    @property
    def is_on_label(self) -> bool:
        """Affixed or attached. House rule: no tag hangs on a bag, so what is attached stands on the label itself."""
        return self.placement is not Placement.ACCOMPANYING
