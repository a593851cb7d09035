"""What a label says, read from the records, frozen as text, and drawn from that text alone.

A reprint carries the frozen words of the earlier print, so that it shows what was printed then.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, assert_never
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import (
    Bag,
    Collection,
    Course,
    Culture,
    Label,
    Patient,
    Plate,
    ProductLot,
    Recipe,
    Sample,
    Site,
    Vessel,
    VesselGroup,
    Wristband,
)
from app.domain.identifiers import Kind
from app.domain.labels import content as drawn
from app.domain.labels.content import Print, Recipient
from app.domain.labels.rules import LabelRules, Requirements, requirements
from app.domain.labels.spec import Expected, LabelKind, LabelSpec
from app.domain.labels.statements import DonorTesting, Stage, Standing, StatementFacts
from app.domain.labels.template import fill
from app.domain.states import CollectionState, LabelState
from app.domain.vocabulary import LabelledThing
from app.label_rules.versions.stored import rules_in_force, rules_of
from app.labels.shipped import shipped

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ANTICOAGULANT = "ACD-A"
Given = TypeVar("Given", bound="DataclassInstance")
Labelled = Bag | Collection | Plate | Sample | Vessel | Wristband
"""What of a patient wears a label."""

THINGS: dict[Kind, tuple[LabelledThing, type[Labelled]]] = {
    Kind.BAG: (LabelledThing.BAG, Bag),
    Kind.COLLECTION: (LabelledThing.COLLECTION, Collection),
    Kind.VESSEL: (LabelledThing.VESSEL, Vessel),
    Kind.SAMPLE: (LabelledThing.SAMPLE, Sample),
    Kind.PLATE: (LabelledThing.PLATE, Plate),
    Kind.WRISTBAND: (LabelledThing.WRISTBAND, Wristband),
}
"""What can wear a label, by the kind of its code."""


class LabelContent(BaseModel):
    """Everything one label says. Its text is what is kept; nothing else is needed to draw the label again.

    `zone` is the site's: text keeps of a time only its distance to UTC, and a label names the zone.
    `statements` are the facts the label rules were asked with, `required` what that version of them demands; both are
    there or neither: the rules say nothing of samples, plates and wristbands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    thing: LabelledThing
    zone: str
    bag: drawn.BagFacts | None = None
    collection: drawn.CollectionFacts | None = None
    vessel: drawn.VesselFacts | None = None
    sample: drawn.SampleFacts | None = None
    plate: drawn.PlateFacts | None = None
    wristband: drawn.WristbandFacts | None = None
    statements: StatementFacts | None = None
    required: Requirements | None = None

    def spec(self) -> LabelSpec:
        """The label description drawn from this content."""
        match self.thing:
            case LabelledThing.BAG:
                return fill(shipped(LabelKind.BAG), self._here(self.bag), _given(self.required).statements)
            case LabelledThing.COLLECTION:
                return fill(
                    shipped(LabelKind.COLLECTION_BAG), self._here(self.collection), _given(self.required).statements
                )
            case LabelledThing.VESSEL:
                return fill(shipped(LabelKind.VESSEL), self._here(self.vessel), _given(self.required).statements)
            case LabelledThing.SAMPLE:
                return fill(shipped(LabelKind.SAMPLE), self._here(self.sample))
            case LabelledThing.PLATE:
                return fill(shipped(LabelKind.PLATE), self._here(self.plate))
            case LabelledThing.WRISTBAND:
                return fill(shipped(LabelKind.WRISTBAND), _given(self.wristband))
        assert_never(self.thing)

    def expected(self, code: str, print_number: int) -> Expected:
        """What the finished bytes must prove to carry."""
        spec = self.spec()
        assert (spec.code, spec.print_number) == (code, print_number)
        return Expected(code, print_number, self.required)

    def _here(self, facts: Given | None) -> Given:
        """The facts of the thing, their times in the zone of the site."""
        known = _given(facts)
        zone = ZoneInfo(self.zone)
        times = {
            each.name: at.astimezone(zone)
            for each in fields(known)
            if isinstance(at := getattr(known, each.name), datetime)
        }
        return replace(known, **times)

    def again(self, print_number: int) -> LabelContent:
        """The same words on another print."""
        name = self.thing.value
        facts = _given(getattr(self, name))
        printed = replace(facts.printed, print_number=print_number)
        return self.model_copy(update={name: replace(facts, printed=printed)})

    def evaluated(self, session: Session) -> LabelContent:
        """With what the label rules demand: those in force for new words, for a reprint the version it was made with.

        Without approved rules new words are refused.
        """
        if self.statements is None:
            return self
        before = self.required
        rules = _rules(session, None if before is None else before.rules_version)
        return self.model_copy(update={"required": requirements(rules, self.statements)})


def content_to_print(session: Session, thing: LabelledThing, row: Labelled, print_number: int) -> LabelContent:
    """What the next print says: the frozen words of the last print that was not refused, or the records.

    A collection's label is read anew as long as the collection is not finished, because its yield may have changed.
    """
    is_open = isinstance(row, Collection) and row.state is CollectionState.IN_PROGRESS
    left = select(Label.content).where(Label.code == row.code, Label.state != LabelState.REFUSED)
    before = session.execute(left.order_by(Label.print_number.desc()).limit(1)).scalar_one_or_none()
    if before is None or is_open:
        return content_of(session, thing, row, print_number)
    return LabelContent.model_validate_json(before).again(print_number).evaluated(session)


def content_of(session: Session, thing: LabelledThing, row: Labelled, print_number: int) -> LabelContent:
    """Read what the label of this thing must say now, by the label rules in force."""
    site = session.execute(select(Site)).scalar_one()
    printed = Print(row.code, print_number, site.name, site.is_demo)
    reader = _Reader(session, ZoneInfo(site.zone), printed)
    facts: dict[str, object] = {}
    match row:
        case Bag():
            facts = {"bag": reader.bag(row), "statements": reader.statements(row.course_id, Stage.DISTRIBUTION)}
        case Collection():
            statements = reader.statements(row.course_id, Stage.END_COLLECTION)
            facts = {"collection": reader.collection(row), "statements": statements}
        case Vessel():
            facts = {"vessel": reader.vessel(row), "statements": reader.statements(row.course_id, Stage.IN_PROCESS)}
        case Sample():
            facts = {"sample": reader.sample(row)}
        case Plate():
            facts = {"plate": reader.plate(row)}
        case Wristband():
            facts = {"wristband": reader.wristband(row)}
        case _:
            assert_never(row)
    return LabelContent.model_validate({"thing": thing, "zone": site.zone} | facts).evaluated(session)


def _rules(session: Session, version: int | None) -> LabelRules:
    """The version, or None for the one in force: read once in a transaction, however many labels it makes."""
    kept: dict[int | None, LabelRules] = session.info.setdefault("label rules", {})
    if version not in kept:
        db = session.connection()
        kept[version] = rules_in_force(db) if version is None else rules_of(db, version)
    return kept[version]


class _Reader:
    """Reads facts of one label; times in the site's zone, as they are printed."""

    def __init__(self, session: Session, zone: ZoneInfo, printed: Print) -> None:
        self._session = session
        self._zone = zone
        self._printed = printed

    def bag(self, bag: Bag) -> drawn.BagFacts:
        """Facts of a product bag."""
        course = self._session.get_one(Course, bag.course_id)
        lot = self._session.get_one(ProductLot, bag.product_lot_id)
        culture = self._session.get_one(Culture, lot.culture_id)
        recipe = self._session.get_one(Recipe, culture.recipe_id)
        numbers = select(Bag.division).where(Bag.product_lot_id == lot.id)
        return drawn.BagFacts(
            printed=self._printed,
            recipient=self._recipient(bag.patient_id),
            course_code=course.code,
            lot_code=lot.code,
            bag_number=bag.division,
            bags=len(self._session.execute(numbers).all()),
            product_name=recipe.product_name,
            viable_cells=bag.viable_cells,
            volume_ml=bag.volume_ul // 1000,
            storage=recipe.storage,
            filled_at=self._local(bag.filled_at),
            expires_at=self._local(bag.expires_at),
            protocol=course.protocol,
        )

    def collection(self, collection: Collection) -> drawn.CollectionFacts:
        """Facts of a bag of collected cells, printed while the run is ending."""
        course = self._session.get_one(Course, collection.course_id)
        volume_ul, anticoagulant_ul = collection.volume_ul or 0, collection.anticoagulant_ul or 0
        return drawn.CollectionFacts(
            printed=self._printed,
            recipient=self._recipient(collection.patient_id),
            course_code=course.code,
            product_name="Leukapheresis, autologous",
            volume_ml=volume_ul // 1000,
            anticoagulant=f"{ANTICOAGULANT} {anticoagulant_ul // 1000} mL",
            facility=self._printed.site_name,
            storage="Keep at 2 to 25 °C",
            ended_at=self._local(collection.ended_at or collection.planned_at),
        )

    def vessel(self, vessel: Vessel) -> drawn.VesselFacts:
        """Facts of one culture vessel."""
        group = self._session.get_one(VesselGroup, vessel.vessel_group_id)
        culture = self._session.get_one(Culture, vessel.culture_id)
        recipe = self._session.get_one(Recipe, culture.recipe_id)
        assert culture.seeded_at is not None, "a vessel exists since the seeding"
        return drawn.VesselFacts(
            printed=self._printed,
            recipient=self._recipient(vessel.patient_id),
            culture_code=culture.code,
            product_name=recipe.product_name,
            member=vessel.member,
            members=group.vessel_count,
            seeded_at=self._local(culture.seeded_at),
            il2_iu_per_ml=int(group.il2_iu_per_ml or 0),
        )

    def sample(self, sample: Sample) -> drawn.SampleFacts:
        """Facts of a sample tube."""
        culture = self._session.get_one(Culture, sample.culture_id)
        words = sample.kind.value.replace("_", " ").capitalize()
        return drawn.SampleFacts(self._printed, words, culture.code, self._local(sample.taken_at))

    def plate(self, plate: Plate) -> drawn.PlateFacts:
        """Facts of an assay plate."""
        words = f"51Cr release {plate.duration_h.normalize():f} h"
        return drawn.PlateFacts(self._printed, words, 1, 1, self._local(plate.read_at))

    def wristband(self, wristband: Wristband) -> drawn.WristbandFacts:
        """Facts of a patient's wristband."""
        return drawn.WristbandFacts(self._printed, self._recipient(wristband.patient_id))

    def statements(self, course_id: int, stage: Stage) -> StatementFacts:
        """What decides the statements. No infectious-disease results are kept yet: nothing counts as tested."""
        course = self._session.get_one(Course, course_id)
        return StatementFacts(
            stage=stage,
            is_same_person=True,
            donor_testing=DonorTesting.NONE,
            is_screening_complete=False,
            reactive_agents=(),
            has_risk_factor=False,
            is_ind=course.is_under_ind,
            is_licensed=False,
            standing=Standing.NONE,
            pending_tests=(),
            has_expiry=stage is Stage.DISTRIBUTION,
            is_demo=self._printed.is_demo,
        )

    def _recipient(self, patient_id: int) -> Recipient:
        patient = self._session.get_one(Patient, patient_id)
        name = f"{patient.family_name.upper()}, {patient.given_name}"
        return Recipient(name, patient.birth_date, patient.hospital_number)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)


def _given(facts: Given | None) -> Given:
    assert facts is not None, "the content holds the facts of its thing"
    return facts
