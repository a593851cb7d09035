"""The controlled words of the laboratory that are no states and no roles. Each word is stored as it stands here."""

from __future__ import annotations

from enum import StrEnum


class Sex(StrEnum):
    """Sex as the blood-volume formula needs it; `not_known` refuses the formula."""

    FEMALE = "female"
    MALE = "male"
    NOT_KNOWN = "not_known"


class ConsentKind(StrEnum):
    """What the patient agreed to."""

    TREATMENT = "treatment"
    RESEARCH = "research"


class CourseState(StrEnum):
    """A course is open, on hold until re-identified, or closed."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class OrderState(StrEnum):
    """State of a prescriber's order."""

    ACTIVE = "active"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


class MaterialRole(StrEnum):
    """What a material does in the process."""

    MEDIUM = "medium"
    SERUM = "serum"
    CYTOKINE = "cytokine"
    ANTIBODY = "antibody"
    FEEDER = "feeder"
    WASH = "wash"
    FORMULATION = "formulation"
    TARGET_CELLS = "target_cells"
    CONTAINER = "container"
    COLLECTION_KIT = "collection_kit"


class MaterialState(StrEnum):
    """Only a released material may be used."""

    QUARANTINED = "quarantined"
    RELEASED = "released"
    RECALLED = "recalled"
    REJECTED = "rejected"


class EquipmentKind(StrEnum):
    """What a piece of equipment is."""

    HOOD = "hood"
    INCUBATOR = "incubator"
    CENTRIFUGE = "centrifuge"
    SEPARATOR = "separator"
    COUNTER = "counter"
    GAMMA_COUNTER = "gamma_counter"
    BALANCE = "balance"


class EquipmentState(StrEnum):
    """Equipment is in service or not."""

    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"


class PlaceKind(StrEnum):
    """What a place is."""

    BENCH = "bench"
    STORE = "store"
    WARD = "ward"
    APHERESIS_UNIT = "apheresis_unit"
    TRANSPORT = "transport"


class StationKind(StrEnum):
    """What a station may be used for; only enrolled stations do bedside checks and release."""

    BENCH = "bench"
    OFFICE = "office"
    BEDSIDE = "bedside"


class Il2Unit(StrEnum):
    """Unit of an interleukin-2 amount. One Cetus unit is 6 IU; the others are kept but not convertible."""

    IU = "IU"
    CETUS = "Cetus"
    BRMP = "BRMP"
    ROCHE = "Roche"
    CHIRON = "Chiron"


class Inspection(StrEnum):
    """One line of a receipt checklist. Unknown is never a pass."""

    PASS = "pass"  # noqa: S105  an inspection line, no secret
    FAIL = "fail"
    UNKNOWN = "unknown"


class StepKind(StrEnum):
    """What was done to a culture."""

    RECEIVE = "receive"
    START = "start"
    SEPARATE = "separate"
    SEED = "seed"
    COUNT = "count"
    FEED = "feed"
    HARVEST = "harvest"
    FILL = "fill"
    FORMULATE = "formulate"
    CLOSE = "close"
    STOP = "stop"


class SeparationMethod(StrEnum):
    """How red cells and platelets are taken out before culture."""

    WASH = "wash"
    FICOLL = "ficoll"


class VesselState(StrEnum):
    """State of one member of a vessel group."""

    ACTIVE = "active"
    DISCARDED = "discarded"
    CONTAMINATED = "contaminated"
    HARVESTED = "harvested"


class SampleKind(StrEnum):
    """Where a sample was taken."""

    CULTURE = "culture"
    FINAL_PRODUCT = "final_product"
    SUPERNATANT_BEFORE_WASH = "supernatant_before_wash"
    RETENTION = "retention"


class TestKind(StrEnum):
    """What a test run determines."""

    __test__ = False

    COUNT_VIABILITY = "count_viability"
    GRAM_STAIN = "gram_stain"
    IN_PROCESS_CULTURE = "in_process_culture"
    STERILITY = "sterility"
    ENDOTOXIN = "endotoxin"
    MYCOPLASMA = "mycoplasma"
    CYTOTOXICITY_51CR = "cytotoxicity_51cr"
    APPEARANCE = "appearance"
    IDENTITY = "identity"
    PHENOTYPE = "phenotype"


class Finding(StrEnum):
    """A result in words."""

    NO_ORGANISM = "no_organism"
    ORGANISM_SEEN = "organism_seen"
    NO_GROWTH = "no_growth"
    GROWTH = "growth"
    NOT_DETECTED = "not_detected"
    DETECTED = "detected"
    NO_AGGREGATES = "no_aggregates"
    AGGREGATES = "aggregates"
    MATCH = "match"
    NO_MATCH = "no_match"
    INTACT = "intact"
    NOT_INTACT = "not_intact"


class Censor(StrEnum):
    """A reading known only by its bound; an exact value carries none."""

    BELOW = "below"
    ABOVE = "above"


class WellRole(StrEnum):
    """What an assay well is for; the saved layout decides it, never the instrument."""

    EXPERIMENTAL = "experimental"
    SPONTANEOUS = "spontaneous"
    MAXIMUM = "maximum"
    BACKGROUND = "background"


class TargetCells(StrEnum):
    """Target of a cytotoxicity assay. Daudi is NK-resistant and LAK-sensitive."""

    K562 = "K562"
    DAUDI = "Daudi"
    RAJI = "Raji"
    AUTOLOGOUS_TUMOUR = "autologous_tumour"


class WellJudgement(StrEnum):
    """What a person decided about a flagged well."""

    KEEP = "keep"
    EXCLUDE = "exclude"


class DeviationClass(StrEnum):
    """How grave a deviation is."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class DeviationState(StrEnum):
    """Open means not dispositioned; any open deviation blocks release."""

    OPEN = "open"
    CLOSED = "closed"


class Disposition(StrEnum):
    """What a closed deviation decided about the product."""

    USE = "use"
    USE_WITH_REASON = "use_with_reason"
    REJECT = "reject"


class VersionState(StrEnum):
    """State of a versioned document of the site: recipe, specification. Only recipes are proposed first."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    RETIRED = "retired"


class LabelledThing(StrEnum):
    """What a label can stand on."""

    WRISTBAND = "wristband"
    COLLECTION = "collection"
    VESSEL = "vessel"
    SAMPLE = "sample"
    PLATE = "plate"
    BAG = "bag"


class SpoilReason(StrEnum):
    """Why a copy of a label cannot be used; `other` needs words."""

    MISPRINT = "misprint"
    DAMAGED = "damaged"
    WRONG_STOCK = "wrong_stock"
    DID_NOT_COME_OUT = "did_not_come_out"
    OTHER = "other"


class Transport(StrEnum):
    """How labels come to a printer: over the network as printer bytes, or downloaded as these or as pages."""

    RAW_9100 = "raw_9100"
    DOWNLOAD_ZPL = "download_zpl"
    DOWNLOAD_PDF = "download_pdf"


class Route(StrEnum):
    """How an infusion is given. K for endotoxin depends on it."""

    INTRAVENOUS = "intravenous"
    INTRATHECAL = "intrathecal"
    INTRACAVITARY = "intracavitary"


class ReleaseKind(StrEnum):
    """Which decision a lot gets."""

    RELEASE = "release"
    CONDITIONAL = "conditional"
    EXCEPTIONAL = "exceptional"
    REJECT = "reject"
