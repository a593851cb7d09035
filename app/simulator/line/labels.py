"""Labels on their things by the real commands: printed, scanned back, confirmed by a second person, applied."""

from __future__ import annotations

from app.labels import commands
from app.labels.schemas import ApplyLabel, PrintLabel, ScanBack
from app.simulator.laboratory import Laboratory
from app.simulator.people import TARA, THEO, Person


def apply_label_to(lab: Laboratory, code: str, printed_by: Person = TARA, confirmed_by: Person = THEO) -> int:
    """The next print of a thing's label, applied; its print number."""
    number = lab.act(printed_by, commands.print_label, PrintLabel(code=code)).print_number
    copy = {"code": code, "print_number": number, "scanned": f"{code}{number:02}"}
    lab.act(printed_by, commands.scan_back_label, ScanBack.model_validate(copy))
    lab.act(printed_by, commands.apply_label, ApplyLabel.model_validate(copy | lab.second(confirmed_by)))
    return number


def apply_bag_labels(lab: Laboratory, lot_code: str) -> None:
    """Every bag of a lot labelled."""
    look = (
        "SELECT b.code FROM bag b JOIN product_lot l ON l.id = b.product_lot_id"
        " WHERE l.code = :code ORDER BY b.division"
    )
    for (code,) in lab.rows(look, code=lot_code):
        apply_label_to(lab, str(code))
