"""The pages of patients and courses. What they show is read in `queries`; what they do is done in `commands`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.domain.roles import Action
from app.patients import commands
from app.patients.queries.banner import banner_of_patient
from app.patients.queries.chart import patient_chart
from app.patients.queries.course import course_form, course_page, end_order_form, order_form, weight_form
from app.patients.queries.finding import found_patients, patient_list
from app.patients.schemas import (
    CancelTreatmentOrder,
    CloseCourse,
    EnrolPatient,
    FindPatients,
    OpenCourse,
    OrderTreatment,
    RecordAllergy,
    RecordConsent,
    RecordWeight,
    ReissueWristband,
    VerifyWeight,
    WithdrawConsent,
)
from app.web import formats
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs

routes = APIRouter()


@routes.get("/patients")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_patients(door: AnyDoor, after: str | None = None) -> Response:
    with door.reading() as db:
        page = patient_list(db, after, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("patients/list.html", page, here="patients")


@routes.post("/patients/search")
@needs(Action.SEE_PATIENT_IDENTITY)
def post_search(door: AnyDoor, form: Annotated[FindPatients, page_form(FindPatients)]) -> Response:
    with door.reading() as db:
        page = found_patients(db, form.sought, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("patients/list.html", page, here="patients")


@routes.get("/patients/new")
@needs(Action.ENROL_PATIENT)
def get_enrol(door: AnyDoor) -> Response:
    with door.reading():
        today = formats.local(door.now, door.house.site.zone).date()
    return door.page("patients/enrol.html", today.isoformat(), here="patients")


@routes.post("/patients")
@needs(Action.ENROL_PATIENT)
def post_enrol(door: AnyDoor, form: Annotated[EnrolPatient, page_form(EnrolPatient)]) -> Response:
    done = door.write(commands.enrol_patient, form)
    return door.see(f"/courses/{done.fact.course_code}", is_replay=done.is_replay)


@routes.get("/patients/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_chart(door: AnyDoor, code: str, course: str | None = None, bag: str | None = None) -> Response:
    with door.reading() as db:
        page = patient_chart(db, code, door.now, door.house.site.zone, door.viewer.actor, course_code=course, bag=bag)
    return door.page("patients/chart.html", page, here="patients")


@routes.get("/patients/{code}/courses/new")
@needs(Action.OPEN_COURSE)
def get_open_course(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = banner_of_patient(db, code, door.now, door.house.site.zone)
    return door.page("patients/open_course.html", page, here="patients")


@routes.post("/patients/{code}/courses")
@needs(Action.OPEN_COURSE)
def post_open_course(door: AnyDoor, code: str, form: Annotated[OpenCourse, page_form(OpenCourse)]) -> Response:
    same(code, form.patient_code)
    done = door.write(commands.open_course, form)
    return door.see(f"/courses/{done.fact.course_code}", is_replay=done.is_replay)


@routes.get("/courses/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_course(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = course_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("patients/course.html", page, here="patients")


@routes.get("/courses/{code}/consent")
@needs(Action.RECORD_CONSENT)
def get_consent(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = course_form(db, code, door.now, door.house.site.zone)
    return door.page("patients/consent.html", page, here="patients")


@routes.post("/courses/{code}/consent")
@needs(Action.RECORD_CONSENT)
def post_consent(door: AnyDoor, code: str, form: Annotated[RecordConsent, page_form(RecordConsent)]) -> Response:
    same(code, form.course_code)
    done = door.write(commands.record_consent, form)
    return door.see(f"/courses/{code}", is_replay=done.is_replay)


@routes.post("/courses/{code}/consent/withdraw")
@needs(Action.RECORD_CONSENT)
def post_withdrawal(door: AnyDoor, code: str, form: Annotated[WithdrawConsent, page_form(WithdrawConsent)]) -> Response:
    same(code, form.course_code)
    done = door.write(commands.withdraw_consent, form)
    return door.see(f"/courses/{code}", is_replay=done.is_replay)


@routes.get("/courses/{code}/weight")
@needs(Action.RECORD_WEIGHT)
def get_weight(door: AnyDoor, code: str, *, anew: bool = False) -> Response:
    with door.reading() as db:
        page = weight_form(db, code, door.now, door.house.site.zone, door.viewer.actor, is_anew=anew)
    return door.page("patients/weight.html", page, here="patients")


@routes.post("/courses/{code}/weight")
@needs(Action.RECORD_WEIGHT)
def post_weight(door: AnyDoor, code: str, form: Annotated[RecordWeight, page_form(RecordWeight)]) -> Response:
    same(code, form.course_code)
    done = door.write(commands.record_weight, form)
    return door.see(f"/courses/{code}", is_replay=done.is_replay)


@routes.post("/courses/{code}/weight/verify")
@needs(Action.RECORD_WEIGHT)
def post_weight_again(door: AnyDoor, code: str, form: Annotated[VerifyWeight, page_form(VerifyWeight)]) -> Response:
    same(code, form.course_code)
    done = door.write(commands.verify_weight, form)
    return door.see(f"/courses/{code}", is_replay=done.is_replay)


@routes.get("/courses/{code}/order")
@needs(Action.ORDER_TREATMENT)
def get_order(
    door: AnyDoor, code: str, collections_planned: Annotated[int | None, Query(ge=1, le=20)] = None
) -> Response:
    with door.reading() as db:
        page = order_form(db, code, door.now, door.house.site.zone, collections_planned)
    return door.page("patients/order.html", page, here="patients")


@routes.post("/courses/{code}/order")
@needs(Action.ORDER_TREATMENT)
def post_order(door: AnyDoor, code: str, form: Annotated[OrderTreatment, page_form(OrderTreatment)]) -> Response:
    same(code, form.course_code)
    done = door.write(commands.order_treatment, form)
    return door.see(f"/courses/{code}", is_replay=done.is_replay)


@routes.get("/courses/{code}/order/end")
@needs(Action.CANCEL_ORDER)
def get_end_of_order(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = end_order_form(db, code, door.now, door.house.site.zone)
    return door.page("patients/end_order.html", page, here="patients")


@routes.post("/courses/{code}/order/end")
@needs(Action.CANCEL_ORDER)
def post_end_of_order(
    door: AnyDoor, code: str, form: Annotated[CancelTreatmentOrder, page_form(CancelTreatmentOrder)]
) -> Response:
    same(code, form.course_code)
    done = door.write(commands.cancel_treatment_order, form)
    return door.see(f"/courses/{code}", is_replay=done.is_replay)


@routes.get("/courses/{code}/allergy")
@needs(Action.RECORD_ALLERGY)
def get_allergy(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = course_form(db, code, door.now, door.house.site.zone)
    return door.page("patients/allergy.html", page, here="patients")


@routes.post("/courses/{code}/allergy")
@needs(Action.RECORD_ALLERGY)
def post_allergy(door: AnyDoor, code: str, form: Annotated[RecordAllergy, page_form(RecordAllergy)]) -> Response:
    done = door.write(commands.record_allergy, form)
    return door.see(f"/courses/{code}", is_replay=done.is_replay)


@routes.get("/courses/{code}/wristband")
@needs(Action.ISSUE_WRISTBAND)
def get_wristband(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = course_form(db, code, door.now, door.house.site.zone)
    return door.page("patients/wristband.html", page, here="patients")


@routes.post("/courses/{code}/wristband")
@needs(Action.ISSUE_WRISTBAND)
def post_wristband(
    door: AnyDoor, code: str, form: Annotated[ReissueWristband, page_form(ReissueWristband)]
) -> Response:
    done = door.write(commands.reissue_wristband, form)
    return door.see(f"/courses/{code}/wristband", is_replay=done.is_replay)


@routes.get("/courses/{code}/close")
@needs(Action.OPEN_COURSE)
def get_close(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = course_form(db, code, door.now, door.house.site.zone)
    return door.page("patients/close.html", page, here="patients")


@routes.post("/courses/{code}/close")
@needs(Action.OPEN_COURSE)
def post_close(door: AnyDoor, code: str, form: Annotated[CloseCourse, page_form(CloseCourse)]) -> Response:
    same(code, form.course_code)
    done = door.write(commands.close_course, form)
    return door.see(f"/courses/{code}", is_replay=done.is_replay)
