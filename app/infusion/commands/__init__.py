"""Everything people do from ordering a dose to the empty bag."""

from app.infusion.commands.bedside import (
    CheckLeft,
    WristbandRead,
    confirm_match,
    leave_check,
    scan_bag_at_bedside,
    scan_wristband,
)
from app.infusion.commands.lapsing import lapse_check, overdue_checks
from app.infusion.commands.ordering import (
    DoseConfirmed,
    DoseOrdered,
    OrderCancelled,
    cancel_order,
    confirm_dose,
    order_dose,
)
from app.infusion.commands.running import (
    InfusionMoved,
    ObservationRecorded,
    finish_infusion,
    record_observation,
    start_infusion,
    stop_infusion,
)
from app.infusion.verdict import BedsideVerdict

__all__ = [
    "BedsideVerdict",
    "CheckLeft",
    "DoseConfirmed",
    "DoseOrdered",
    "InfusionMoved",
    "ObservationRecorded",
    "OrderCancelled",
    "WristbandRead",
    "cancel_order",
    "confirm_dose",
    "confirm_match",
    "finish_infusion",
    "lapse_check",
    "leave_check",
    "order_dose",
    "overdue_checks",
    "record_observation",
    "scan_bag_at_bedside",
    "scan_wristband",
    "start_infusion",
    "stop_infusion",
]
