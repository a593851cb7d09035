"""One laboratory in which every command is done at least once, beside the line from arm to arm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from app.assay import commands as assay
from app.collection import commands as collection
from app.culture import commands as culture
from app.culture.schemas import CorrectReading, DiscardVessel, OfVessel
from app.custody import commands as custody
from app.domain.roles import Grant, Role
from app.domain.vocabulary import (
    EquipmentKind,
    MaterialRole,
    PlaceKind,
    SampleKind,
    StationKind,
    TestKind,
    WellJudgement,
)
from app.identity import commands as identity
from app.identity.schemas import (
    AccessReset,
    BadgeIssue,
    ChangeScanning,
    EndAuthority,
    EndRole,
    FirstQa,
    IdentityProof,
    NewStation,
    NewUser,
    SessionRef,
    StationChange,
    TrainingRenewal,
    UserRef,
)
from app.infusion import commands as infusion
from app.infusion.dosing import cancellation
from app.infusion.schemas import CancelOrder, LeaveCheck, RecordObservation
from app.label_rules import commands as rules
from app.label_rules.schemas import DraftLabelRules
from app.labels import commands as labels
from app.labels.schemas import HandOutLabel, PrintLabel
from app.materials import commands as materials
from app.materials.records import material_rejection
from app.materials.schemas import (
    BookMaterial,
    ChangeService,
    OpenMaterial,
    RecordCalibration,
    RegisterPlace,
    RejectMaterial,
)
from app.patients import commands as patients
from app.patients.schemas import CloseCourse, OpenCourse, ReissueWristband
from app.recipes import commands as recipes
from app.recipes.records import retirement_record
from app.recipes.schemas import AddStep, CopyRecipe, DraftSpecification, EditRecipe, EditStep, RemoveStep, RetireRecipe
from app.simulator.line.assay import judge, running, sampled
from app.simulator.line.collection import planned_collection, receipt_request, running_collection
from app.simulator.line.culture import Shelf, reading_request, seed_request, shelf, started_culture, vessel_codes
from app.simulator.line.label_rules import adopted_rules
from app.simulator.line.recipes import ROLLER, approved_recipe
from app.simulator.line.recipes import shown as shown_recipe
from app.simulator.line.release import conditionally_released
from tests.collection.test_isbt_numbers import number
from tests.collection.test_receipt import accept_quarantined, close_deviation, reject, stop
from tests.contract.printing_scene import printing
from tests.culture.test_bags import close_request
from tests.culture.test_harvest import stop_request
from tests.culture.test_readings import feed_request
from tests.culture.test_seeding import separate_request
from tests.custody.test_endings import restock_request, returned, spilt
from tests.custody.test_moves import destroy, hand_over, store
from tests.custody.ward import recalled
from tests.identity.test_rights import authority_for
from tests.infusion.test_running import stop as stopped_infusion
from tests.label_rules.test_approval import element, statement
from tests.labels.test_copies import destroy as destroyed_label
from tests.labels.test_copies import spoil
from tests.licence import off, open_gate
from tests.line.assay import import_request
from tests.line.collection import finished_collection
from tests.line.deviations import closed_deviation, lifted_hold, placed_hold, raised_deviation
from tests.line.infusion import (
    BED,
    Supply,
    Ward,
    available_bags,
    brought,
    checked,
    confirmed,
    finished,
    on_the_ward,
    ordered,
    started,
)
from tests.line.materials import (
    equipment,
    in_catalogue,
    prepared_lot,
    recall_lot,
    registered_lot,
    released_lot,
)
from tests.line.patients import INGRID, JAMES, MARTA, Someone, allergic, enrol, ordered_patient
from tests.patients.test_consent_and_order import ended, withdraw
from tests.people import ADA, CARL, CHLOE, IRIS, NIA, OMAR, QUENTIN, QUINN, SAM, TARA, THEO
from tests.recipes.test_documents import VIABILITY
from tests.world import World

WHY = "as it was agreed this morning"
DESK = "QA desk"


def line(lab: World) -> None:
    """From arm to arm, and every side track."""
    at = shelf(lab)
    care(lab)
    on_paper(lab)
    recipes_of_the_site(lab)
    label_rules(lab)
    on_the_shelf(lab)
    collections(lab, at)
    cultures(lab, at)
    custody_of_bags(lab)
    at_the_bed(lab)
    arm_to_arm(lab, at)
    printing(lab, at, somebody(5), somebody(6))
    people(lab)


def somebody(number: int) -> Someone:
    """Another invented patient."""
    return replace(INGRID, family_name=f"Invented{'abcdefgh'[number]}", hospital_number=f"900{number}1177")


def care(lab: World) -> None:
    """An allergy, a new wristband; then order, consent and course end, and another course begins."""
    marta = ordered_patient(lab, MARTA)
    allergic(lab, marta.patient_code, "penicillin")
    lab.act(NIA, patients.reissue_wristband, ReissueWristband(patient_code=marta.patient_code, reason=WHY))
    lab.act(CARL, patients.cancel_treatment_order, ended(lab, marta.course_code))
    withdraw(lab, marta.course_code)
    closing = CloseCourse(course_code=marta.course_code, row_version=1, reason=WHY)
    lab.act(CHLOE, patients.close_course, closing)
    again = OpenCourse(
        patient_code=marta.patient_code, protocol="DEMO-LAK-1", is_under_ind=True, first_day=lab.clock().date()
    )
    lab.act(CHLOE, patients.open_course, again)


def on_paper(lab: World) -> None:
    """A specification of the site's own, and a wristband label that came out creased."""
    draft = DraftSpecification.model_validate({"name": "OWN-1", "criteria": [VIABILITY]})
    lab.act(SAM, recipes.draft_specification, draft)
    code = enrol(lab, somebody(0)).wristband_code
    copy = lab.act(TARA, labels.print_label, PrintLabel(code=code)).print_number
    lab.act(TARA, labels.hand_out_label, HandOutLabel(code=code, print_number=copy, form="zpl-8"))
    lab.act(TARA, labels.spoil_label, spoil(code, copy))
    lab.act(TARA, labels.destroy_label, destroyed_label(lab, code, copy))


def recipes_of_the_site(lab: World) -> None:
    """A recipe that comes with the program is edited in every part, and one in use is taken out of use."""
    lab.act(SAM, recipes.copy_recipe, CopyRecipe(name=ROLLER, new_name="LAK-OURS"))

    def now() -> dict[str, object]:
        return shown_recipe(lab, "LAK-OURS", 1).model_dump()

    head = {"product_name": "LAK cells", "storage": "Store at 2 to 8 °C", "summary": "As we make them."}
    lab.act(SAM, recipes.edit_recipe, EditRecipe.model_validate(now() | head))
    feed = {
        "after_step_key": "seed", "step_key": "feed", "kind": "seed", "title": "Feed", "takes": "vessels",
        "gives": "vessels",
    }  # fmt: skip
    lab.act(SAM, recipes.add_step, AddStep.model_validate(now() | feed))
    lab.act(SAM, recipes.edit_step, EditStep.model_validate(now() | {"step_key": "feed", "title": "Feed twice"}))
    lab.act(SAM, recipes.remove_step, RemoveStep.model_validate(now() | {"step_key": "feed"}))
    second = approved_recipe(lab, name="LAK-SECOND")
    sha = lab.read(retirement_record, second, 1).sha256
    asked = {"name": second, "version": 1, "reason": WHY, **lab.signed(QUENTIN, sha)}
    lab.act(QUENTIN, recipes.retire_recipe, RetireRecipe.model_validate(asked))


def label_rules(lab: World) -> None:
    """A version of the label rules: begun, a statement and an element changed, proposed, approved."""
    draft = lab.act(SAM, rules.draft_label_rules, DraftLabelRules(why=WHY)).version
    lab.act(SAM, rules.change_statement, statement(draft, switch="off"))
    lab.act(SAM, rules.change_element, element(draft, distribution=None))
    adopted_rules(lab, draft)


def on_the_shelf(lab: World) -> None:
    """Lots called back, refused, opened, counted and prepared of; a hood calibrated and out of service; a place."""
    recall_lot(lab, released_lot(lab, "AB serum pool 08", MaterialRole.SERUM))
    hood = equipment(lab, "Hood 2", EquipmentKind.HOOD)
    due = lab.clock().date() + timedelta(days=200)
    calibrated = RecordCalibration(equipment_code=hood, row_version=1, calibration_due_on=due)
    lab.act(TARA, materials.record_calibration, calibrated)
    service = {"equipment_code": hood, "row_version": 2, "state": "out_of_service", "reason": WHY}
    lab.act(TARA, materials.change_service, ChangeService.model_validate(service))
    lab.act(TARA, materials.register_place, RegisterPlace(name="Cell store 2", kind=PlaceKind.STORE))
    refused = registered_lot(lab, "Warm medium", MaterialRole.MEDIUM)
    signed = lab.signed(SAM, lab.read(material_rejection, refused).sha256)
    rejection = RejectMaterial.model_validate({"material_code": refused, "row_version": 1, "reason": WHY, **signed})
    lab.act(SAM, materials.reject_material, rejection)
    medium = released_lot(lab, "Serum-free medium", MaterialRole.MEDIUM)
    lab.act(TARA, materials.open_material, OpenMaterial(material_code=medium, row_version=2))
    wasted = {"material_code": medium, "row_version": 3, "kind": "wasted", "amount": "5", "reason": WHY}
    lab.act(TARA, materials.book_material, BookMaterial.model_validate(wasted))
    in_catalogue(lab, "Complete medium", MaterialRole.MEDIUM, shelf_life_h=72)
    prepared_lot(lab, "Complete medium", {medium: Decimal(10)})


def collections(lab: World, at: Shelf) -> None:
    """Cancelled, broken off, quarantined and accepted, rejected; and one with a number of ISBT 128."""
    james = ordered_patient(lab, JAMES)
    lab.act(CHLOE, collection.cancel_collection, stop(lab, planned_collection(lab, james)))
    begun = running_collection(lab, james, at.apheresis)
    lab.act(NIA, collection.abandon_collection, stop(lab, begun), station=BED)
    for is_used in (True, False):
        code = finished_collection(lab, james, at.apheresis)
        lab.act(TARA, collection.receive_collection, receipt_request(lab, code, integrity="fail"))
        if is_used:
            lab.act(TARA, collection.quarantine_collection, stop(lab, code))
            close_deviation(lab, code, "use")
            lab.act(QUENTIN, collection.accept_quarantined_collection, accept_quarantined(lab, code))
        else:
            lab.act(SAM, collection.reject_collection, reject(lab, code, SAM))
    open_gate(lab)
    lab.act(TARA, collection.record_isbt_number, number(lab, planned_collection(lab, james)))
    lab.act(OMAR, identity.switch_isbt_off, off(lab), station=None)


def cultures(lab: World, at: Shelf) -> None:
    """Washed, seeded, counted and corrected, fed, a vessel lost; its plate imported; stopped before its product."""
    batch = started_culture(lab, at, somebody(1))
    lab.act(TARA, culture.separate_cells, separate_request(lab, batch, at))
    lab.act(TARA, culture.seed_culture, seed_request(lab, batch, at))
    lab.clock.forward(hours=48)
    first, last = vessel_codes(lab, batch.culture)[:2]
    lab.act(TARA, culture.choose_vessel, OfVessel(culture_code=batch.culture, vessel=first))
    given = reading_request(batch.culture, first)
    lab.act(TARA, culture.record_reading, given)
    right = CorrectReading.model_validate(given.model_dump() | {"volume_ml": "1005", "reason": WHY})
    lab.act(TARA, culture.correct_reading, right)
    lab.act(TARA, culture.feed_culture, feed_request(lab, batch, at))
    lost = DiscardVessel(culture_code=batch.culture, vessel=last, reason=WHY)
    lab.act(TARA, culture.discard_vessel, lost)
    run = running(lab, sampled(lab, batch.culture, SampleKind.FINAL_PRODUCT), TestKind.CYTOTOXICITY_51CR)
    plate = lab.act(TARA, assay.import_plate, import_request(run)).plate_code
    judge(lab, plate, "C2", WellJudgement.EXCLUDE)
    lab.act(SAM, culture.stop_culture, stop_request(lab, batch))


def custody_of_bags(lab: World) -> None:
    """A bag stored, issued, returned, restocked and called back; another handed over and destroyed."""
    patient = ordered_patient(lab, somebody(2))
    ward = Ward(patient, available_bags(lab, patient, Supply(bags=2)))
    confirmed(lab, patient, ward.bags[:1])
    hold = placed_hold(lab, patient.course_code)
    lifted_hold(lab, hold)
    closed_deviation(lab, raised_deviation(lab, ward.bag))
    lab.act(TARA, custody.store_bag, store(lab, ward.bag, "Cell store"))
    restocked = returned(lab, ward)
    lab.act(QUENTIN, custody.restock_bag, restock_request(lab, restocked), station=DESK)
    recalled(lab, ward.bag)
    lab.act(TARA, custody.hand_over_bag, hand_over(lab, ward.bags[1]))
    lab.act(THEO, custody.destroy_bag, destroy(lab, ward.bags[1], TARA))


def at_the_bed(lab: World) -> None:
    """A check given up; an infusion watched and stopped; a spilt bag; an order that no longer stands."""
    ward = on_the_ward(lab, somebody(3), Supply(bags=2))
    lab.act(NIA, infusion.leave_check, LeaveCheck(check_id=checked(lab, ward)), station=BED)
    started(lab, ward)
    lab.clock.forward(minutes=20)
    signs = RecordObservation.model_validate({"bag_code": ward.bag, "temperature_c": "38.4"})
    lab.act(NIA, infusion.record_observation, signs, station=BED)
    lab.act(NIA, infusion.stop_infusion, stopped_infusion(ward), station=BED)
    lab.act(TARA, custody.waste_bag, spilt(lab, ward.bags[1]))
    order = ordered(lab, ward.patient)
    signed = lab.signed(CHLOE, lab.read(cancellation, ward.patient.course_code, order).sha256)
    cancel = CancelOrder(course_code=ward.patient.course_code, number=order, reason=WHY, **signed)
    lab.act(CHLOE, infusion.cancel_order, cancel)


def arm_to_arm(lab: World, at: Shelf) -> None:
    """A culture with its product: one bag given, the other destroyed, the record closed."""
    product = conditionally_released(lab, at, somebody(4))
    ward = Ward(product.batch.patient, product.bags)
    confirmed(lab, ward.patient, (ward.bag,))
    brought(lab, ward.bag)
    finished(lab, ward)
    lab.act(TARA, custody.destroy_bag, destroy(lab, ward.bags[1]))
    lab.act(SAM, culture.close_culture, close_request(lab, product.batch.culture))


def people(lab: World) -> None:
    """Accounts, rights, badges, stations and sign-ins, given and ended; last the QA, and a first one again."""
    made = lab.act(ADA, identity.create_user, NewUser(user_name="uma", full_name="Uma Berg"), station=None).user_id
    yesterday, next_year = lab.clock().date() - timedelta(days=1), lab.clock().date() + timedelta(days=300)
    lab.act(ADA, identity.verify_identity, IdentityProof(user_id=made, checked_on=yesterday), station=None)
    lab.act(ADA, identity.issue_badge, BadgeIssue(user_id=made), station=None)
    lab.act(ADA, identity.void_badge, AccessReset(user_id=made, reason=WHY), station=None)
    lab.act(ADA, identity.reset_access, AccessReset(user_id=made, reason=WHY), station=None)
    lab.act(ADA, identity.deactivate_user, AccessReset(user_id=made, reason=WHY), station=None)
    lab.act(THEO, identity.accept_accountability, UserRef())
    theo = TrainingRenewal(user_id=lab.user_id(THEO), qualified_until=next_year, reason=WHY)
    lab.act(QUENTIN, identity.renew_training, theo, station=DESK)
    lab.act(QUENTIN, identity.grant_authority, authority_for(lab, NIA, Grant.PRESCRIBER), station=DESK)
    less = EndAuthority(user_id=lab.user_id(NIA), authority=Grant.PRESCRIBER, reason=WHY)
    lab.act(QUENTIN, identity.end_authority, less, station=DESK)
    settings = {"row_version": 1, "wedge_gap_ms": 55, "reader_check_days": 60, "most_typed_percent": 3, "reason": WHY}
    lab.act(ADA, identity.change_scanning, ChangeScanning(**settings, **lab.second(QUENTIN)), station=None)
    cart = NewStation(name="Cart 3", kind=StationKind.BENCH)
    code = lab.act(ADA, identity.create_station, cart, station=None).station_code
    lab.act(ADA, identity.renew_enrolment, StationChange(station_code=code, reason=WHY), station=None)
    lab.act(ADA, identity.retire_station, StationChange(station_code=code, reason=WHY), station=None)
    lab.client(IRIS, None)
    ((session,),) = lab.rows("SELECT max(id) FROM web_session")
    lab.act(ADA, identity.end_session, SessionRef(session_id=int(str(session))), station=None)
    for qa in (QUINN, QUENTIN):
        over = EndRole(user_id=lab.user_id(qa), role=Role.QA, reason=WHY)
        lab.act(QUENTIN, identity.end_role, over, station=DESK)
    first = FirstQa(user_id=lab.user_id(QUENTIN), qualified_until=next_year, reason=WHY)
    lab.act(ADA, identity.appoint_first_qa, first, station=None)
