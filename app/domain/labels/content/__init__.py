"""The content of every kind of label: facts in, one description out. Nothing here measures or draws."""

from app.domain.labels.content.bags import (
    BagFacts,
    CollectionFacts,
    bag_label,
    collection_label,
    partial_bag_label,
)
from app.domain.labels.content.boxes import BoxFacts, box_label
from app.domain.labels.content.laboratory import (
    PlateFacts,
    SampleFacts,
    VesselFacts,
    plate_label,
    sample_label,
    vessel_label,
)
from app.domain.labels.content.parts import Print, Recipient
from app.domain.labels.content.persons import (
    BadgeFacts,
    StickerFacts,
    WristbandFacts,
    badge_label,
    sticker_label,
    wristband_label,
)
from app.domain.labels.content.stock import FixtureFacts, ReagentFacts, fixture_label, reagent_label
from app.domain.labels.content.trial import TrialFacts, trial_label
from app.domain.labels.content.vessels import GroupFacts, group_labels

__all__ = [
    "BadgeFacts",
    "BagFacts",
    "BoxFacts",
    "CollectionFacts",
    "FixtureFacts",
    "GroupFacts",
    "PlateFacts",
    "Print",
    "ReagentFacts",
    "Recipient",
    "SampleFacts",
    "StickerFacts",
    "TrialFacts",
    "VesselFacts",
    "WristbandFacts",
    "badge_label",
    "bag_label",
    "box_label",
    "collection_label",
    "fixture_label",
    "group_labels",
    "partial_bag_label",
    "plate_label",
    "reagent_label",
    "sample_label",
    "sticker_label",
    "trial_label",
    "vessel_label",
    "wristband_label",
]
