"""From a released bag to an empty one, by the real commands of prescriber, laboratory and ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.domain.vocabulary import Route
from app.infusion import commands
from app.infusion.dosing import dose_sheet, order_sheet
from app.infusion.queries.matching import start_record
from app.infusion.schemas import (
    ConfirmDose,
    ConfirmMatch,
    DosePlan,
    FinishInfusion,
    OrderDose,
    ScanBag,
    ScanWristband,
    StartInfusion,
)
from app.patients.commands import PatientEnrolled
from app.simulator.laboratory import Laboratory
from app.simulator.line.custody import issued, received
from app.simulator.people import CHLOE, NIA, NOEL, Person

BED = "Bed 4"


@dataclass(frozen=True)
class Ward:
    """A patient with wristband and bags."""

    patient: PatientEnrolled
    bags: tuple[str, ...]

    @property
    def bag(self) -> str:
        """The first bag."""
        return self.bags[0]

    @property
    def band(self) -> str:
        """The wristband as its square symbol reads."""
        return f"{self.patient.wristband_code}01"


def order_request(lab: Laboratory, patient: PatientEnrolled, **changed: object) -> OrderDose:
    """Chloe's order of 2.08 x 10^10 cells in an hour, signed over its record."""
    given: dict[str, object] = {
        "course_code": patient.course_code,
        "least_1e9": "15",
        "target_1e9": "20.8",
        "target_again_1e9": "20.8",
        "most_1e9": "45",
        "route": Route.INTRAVENOUS,
        "planned_at": lab.clock.time + timedelta(hours=1),
        "infusion_min": 30,
    }
    plan = DosePlan.model_validate(given | changed)
    sheet = lab.read(order_sheet, plan, lab.clock.time)
    return OrderDose.model_validate(plan.model_dump() | lab.signed(CHLOE, sheet.signable.sha256))


def ordered(lab: Laboratory, patient: PatientEnrolled, **changed: object) -> int:
    """A dose order; its number."""
    return lab.act(CHLOE, commands.order_dose, order_request(lab, patient, **changed)).number


def confirm_request(lab: Laboratory, patient: PatientEnrolled, number: int, bags: tuple[str, ...]) -> ConfirmDose:
    """Chloe's confirmation of these bags, signed over what the page shows."""
    sheet = lab.read(dose_sheet, patient.course_code, number, bags, lab.clock.time)
    return ConfirmDose(
        course_code=patient.course_code,
        number=number,
        bag_codes=bags,
        reason="one bag of the patient's supply today",
        **lab.signed(CHLOE, sheet.signable.sha256),
    )


def confirmed(lab: Laboratory, patient: PatientEnrolled, bags: tuple[str, ...], number: int | None = None) -> int:
    """These bags confirmed as a dose; the order's number."""
    number = ordered(lab, patient) if number is None else number
    lab.act(CHLOE, commands.confirm_dose, confirm_request(lab, patient, number, bags))
    return number


def brought(lab: Laboratory, bag: str) -> None:
    """The bag issued by Tara and Theo and received on the ward by Nia."""
    issued(lab, bag)
    lab.clock.forward(minutes=10)
    received(lab, bag)


def banded(lab: Laboratory, ward: Ward, *, who: Person = NIA, station: str | None = BED) -> int:
    """The wristband read; the number of the scan."""
    asked = ScanWristband(wristband=ward.band)
    return lab.act(who, commands.scan_wristband, asked, station=station).wristband_scan_id


def scanned(
    lab: Laboratory, ward: Ward, scan_id: int, *, bag: str | None = None, station: str = BED
) -> commands.BedsideVerdict:
    """The verdict on the bag at the bed."""
    asked = ScanBag(wristband_scan_id=scan_id, bag=bag or f"{ward.bag}01")
    return lab.act(NIA, commands.scan_bag_at_bedside, asked, station=station)


def match_request(lab: Laboratory, ward: Ward, check_id: int, who: Person = NOEL) -> ConfirmMatch:
    """The second person's own scans, badge and PIN."""
    return ConfirmMatch(check_id=check_id, wristband=ward.band, bag=f"{ward.bag}01", **lab.second(who))


def matched(lab: Laboratory, ward: Ward) -> int:
    """A MATCH of the first person; its check."""
    check_id = scanned(lab, ward, banded(lab, ward)).check_id
    assert check_id is not None
    return check_id


def checked(lab: Laboratory, ward: Ward) -> int:
    """A check both persons made; its number."""
    check_id = matched(lab, ward)
    lab.act(NIA, commands.confirm_match, match_request(lab, ward, check_id), station=BED)
    return check_id


def start_request(lab: Laboratory, ward: Ward, who: Person = NIA) -> StartInfusion:
    """The signed start of the bag."""
    return StartInfusion(bag_code=ward.bag, **lab.signed(who, lab.read(start_record, ward.bag).sha256))


def started(lab: Laboratory, ward: Ward) -> commands.BedsideVerdict:
    """The bag runs in."""
    checked(lab, ward)
    return lab.act(NIA, commands.start_infusion, start_request(lab, ward), station=BED)


def finished(lab: Laboratory, ward: Ward, volume_ml: str = "200") -> commands.InfusionMoved:
    """The bag is empty."""
    started(lab, ward)
    lab.clock.forward(minutes=30)
    asked = FinishInfusion.model_validate(
        {"bag_code": ward.bag, "bag": f"{ward.bag}01", "volume_ml": volume_ml, "volume_again_ml": volume_ml}
    )
    return lab.act(NIA, commands.finish_infusion, asked, station=BED)
