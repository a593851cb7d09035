"""The content of every kind of label: facts in, one description out. Nothing here measures or draws."""

from app.domain.labels.content.bags import (
    BagFacts,
    CollectionFacts,
)
from app.domain.labels.content.boxes import BoxFacts
from app.domain.labels.content.laboratory import (
    PlateFacts,
    SampleFacts,
    VesselFacts,
)
from app.domain.labels.content.parts import Print, Recipient
from app.domain.labels.content.persons import (
    BadgeFacts,
    StickerFacts,
    WristbandFacts,
)
from app.domain.labels.content.stock import FixtureFacts, ReagentFacts
from app.domain.labels.content.trial import TrialFacts, trial_label
from app.domain.labels.content.vessels import GroupFacts

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
    "trial_label",
]
