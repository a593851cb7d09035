"""Requests of doses, bedside checks and infusions, shared by page and API."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain.vocabulary import Route
from app.identity.signing import Signed, WithSecondPerson
from app.web.forms import BLANK_IS_NONE, Instant, Number, OptionalInstant, OptionalText, Request, Scanned, Text

Code = Annotated[str, StringConstraints(min_length=14, max_length=14)]
Cells1e9 = Annotated[Number, Field(gt=0, le=1000, decimal_places=9)]
"""Viable cells in 10^9, as prescribers write them."""

VolumeMl = Annotated[Number, Field(ge=0, le=2000, decimal_places=3)]
Count = Annotated[int, Field(ge=1)]


TemperatureC = Annotated[Number, Field(ge=Decimal(25), le=Decimal(45))]
SystolicMmhg = Annotated[int, Field(ge=30, le=300)]
PulsePerMin = Annotated[int, Field(ge=20, le=300)]
OxygenPercent = Annotated[int, Field(ge=30, le=100)]
Reaction = Annotated[str, StringConstraints(max_length=40, pattern="^[a-z_]+$")]
ReactionGrade = Annotated[int, Field(ge=1, le=5)]


class DosePlan(Request):
    """What a prescriber orders. The target is entered twice; all three numbers are viable cells in 10^9."""

    course_code: Code
    least_1e9: Cells1e9
    target_1e9: Cells1e9
    target_again_1e9: Cells1e9
    most_1e9: Cells1e9
    route: Route
    planned_at: Instant
    infusion_min: Annotated[int, Field(ge=1, le=1440)]
    reason: OptionalText = None


class OrderDose(DosePlan, Signed):
    """A dose order as its prescriber signs it."""


class ConfirmDose(Signed):
    """The bags that are this dose, as the prescriber signs them."""

    course_code: Code
    number: Count
    bag_codes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=20)]
    reason: OptionalText = None


class CancelOrder(Signed):
    """An order that no longer stands, with what was confirmed for it and not yet begun."""

    course_code: Code
    number: Count
    reason: Text


class ScanWristband(Request):
    """The wristband the patient is wearing, as the reader sent it. It can never be typed."""

    wristband: Scanned


class ScanBag(Request):
    """The bag, scanned after the wristband. Typed only with a reason, and then by both persons."""

    wristband_scan_id: Count
    bag: Scanned
    typed_reason: OptionalText = None


class ConfirmMatch(WithSecondPerson):
    """The second person's own scans of wristband and bag."""

    check_id: Count
    wristband: Scanned
    bag: Scanned
    typed_reason: OptionalText = None


class LeaveCheck(Request):
    """A check that is given up before anything was started."""

    check_id: Count


class StartInfusion(Signed):
    """The start of one bag, signed at the bed while its check holds."""

    bag_code: Code


class RecordObservation(Request):
    """Signs of the patient while cells run in; a reaction carries its grade, 1 to 5."""

    bag_code: Code
    temperature_c: Annotated[TemperatureC | None, BLANK_IS_NONE] = None
    systolic_mmhg: Annotated[SystolicMmhg | None, BLANK_IS_NONE] = None
    pulse_per_min: Annotated[PulsePerMin | None, BLANK_IS_NONE] = None
    oxygen_percent: Annotated[OxygenPercent | None, BLANK_IS_NONE] = None
    reaction: Annotated[Reaction | None, BLANK_IS_NONE] = None
    reaction_grade: Annotated[ReactionGrade | None, BLANK_IS_NONE] = None
    note: OptionalText = None


class _Ended(Request):
    """How much of the bag was given, entered twice, and when it ended."""

    volume_ml: VolumeMl
    volume_again_ml: VolumeMl
    ended_at: OptionalInstant = None


class FinishInfusion(_Ended):
    """The end of an infusion; the empty bag is scanned."""

    bag_code: Code
    bag: Scanned
    reason: OptionalText = None


class StopInfusion(_Ended):
    """An infusion that was stopped before its end, and why."""

    bag_code: Code
    reason: Text
