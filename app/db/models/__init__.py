"""All tables, one module per aggregate. Import from here; `Base` taken from here knows every one of them."""

from app.db.base import Base
from app.db.models.assay import (
    InterimFinding,
    Plate,
    PlateResult,
    PlateWell,
    RawFile,
    Sample,
    TestResult,
    TestRun,
    WellJudged,
)
from app.db.models.collection import Collection, CollectionReceipt, IsbtNumber
from app.db.models.culture import (
    Culture,
    CultureEquipment,
    CultureInput,
    CultureMaterial,
    CultureStep,
    Vessel,
    VesselGroup,
    VesselReading,
)
from app.db.models.custody import CustodyEvent
from app.db.models.infusion import BedsideCheck, DoseOrder, Infusion, InfusionObservation, WristbandScan
from app.db.models.label_rules import LabelElementRule, LabelRuleSet, LabelStatementRule
from app.db.models.labels import Label
from app.db.models.ledger import DataKey, EvidenceActor, LedgerEvent, LedgerHead, LedgerOpening
from app.db.models.materials import Equipment, MaterialLot, Place
from app.db.models.patients import Allergy, BodyWeight, Consent, Course, Patient, TreatmentOrder, Wristband
from app.db.models.people import (
    Badge,
    Credential,
    OneTimeCode,
    Signature,
    SignatureSuperseded,
    SignInAttempt,
    Station,
    User,
    UserGrant,
    UserRole,
    WebSession,
)
from app.db.models.printing import Printer, PrintJob
from app.db.models.product import Bag, ProductLot
from app.db.models.quality import Deviation, Hold, NearMissRecord
from app.db.models.recipes import Recipe, Specification, SpecificationCriterion
from app.db.models.release import DecisionBag, DecisionPending, RecordReview, ReleaseDecision
from app.db.models.site import CodeCounter, IsbtStatement, RequestKey, Site

__all__ = [
    "Allergy",
    "Badge",
    "Bag",
    "Base",
    "BedsideCheck",
    "BodyWeight",
    "CodeCounter",
    "Collection",
    "CollectionReceipt",
    "Consent",
    "Course",
    "Credential",
    "Culture",
    "CultureEquipment",
    "CultureInput",
    "CultureMaterial",
    "CultureStep",
    "CustodyEvent",
    "DataKey",
    "DecisionBag",
    "DecisionPending",
    "Deviation",
    "DoseOrder",
    "Equipment",
    "EvidenceActor",
    "Hold",
    "Infusion",
    "InfusionObservation",
    "InterimFinding",
    "IsbtNumber",
    "IsbtStatement",
    "Label",
    "LabelElementRule",
    "LabelRuleSet",
    "LabelStatementRule",
    "LedgerEvent",
    "LedgerHead",
    "LedgerOpening",
    "MaterialLot",
    "NearMissRecord",
    "OneTimeCode",
    "Patient",
    "Place",
    "Plate",
    "PlateResult",
    "PlateWell",
    "PrintJob",
    "Printer",
    "ProductLot",
    "RawFile",
    "Recipe",
    "RecordReview",
    "ReleaseDecision",
    "RequestKey",
    "Sample",
    "SignInAttempt",
    "Signature",
    "SignatureSuperseded",
    "Site",
    "Specification",
    "SpecificationCriterion",
    "Station",
    "TestResult",
    "TestRun",
    "TreatmentOrder",
    "User",
    "UserGrant",
    "UserRole",
    "Vessel",
    "VesselGroup",
    "VesselReading",
    "WebSession",
    "WellJudged",
    "Wristband",
    "WristbandScan",
]
