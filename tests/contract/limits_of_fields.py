"""Which row of the table of limits judges a number somebody enters; or why none does. And numbers beyond them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, get_args

from pydantic import BaseModel

from app.domain.limits import Range, field_limit
from app.web.forms import Request

JUST_BEYOND: Final = Decimal("0.001")


@dataclass(frozen=True)
class Row:
    """The row that judges a field. `times` of the row's unit are one of the field's; `by` names what else goes in."""

    key: str
    times: Decimal = Decimal(1)
    by: str = ""


E6, E9 = Decimal(10**6), Decimal(10**9)
ROWS: Final = {
    "RecordWeight.weight_kg": Row("body_weight_kg"),
    "precount_lymphocytes_1e9_per_l": Row("precount_lymphocytes_1e9_per_l"),
    "haemoglobin_g_per_l": Row("haemoglobin_g_per_l"),
    "platelets_1e9_per_l": Row("platelets_1e9_per_l"),
    "blood_processed_l": Row("blood_processed_l"),
    "anticoagulant_ml": Row("anticoagulant_ratio", by="the blood processed"),
    "RecordCollectionYield.volume_ml": Row("collection_volume_ml"),
    "ReceiveCollection.volume_ml": Row("collection_volume_ml"),
    "wbc_1e9": Row("wbc_collected_cells", E9),
    "lymphocyte_percent": Row("lymphocytes_percent"),
    "viability_percent": Row("viability_percent"),
    "SeparateCells.viable_cells_1e9": Row("separation_recovery_percent", by="the cells collected"),
    "SeedCulture.viable_cells_1e9": Row("separation_recovery_percent", by="the cells collected"),
    "HarvestCulture.viable_cells_1e9": Row("harvest_recovery_percent", by="the cells seeded"),
    "viable_cells_per_vessel_1e9": Row("vessels_per_group", by="the cells to be seeded"),
    "SeedCulture.vessel_volume_ml": Row("seeding_density_per_ml", by="the cells of a vessel and the recipe"),
    "SeedCulture.il2_per_ml": Row("il2_iu_per_ml", by="its unit and the recipe"),
    "FeedCulture.il2_per_ml": Row("il2_iu_per_ml", by="its unit and the recipe"),
    "viable_cells_1e6_per_ml": Row("seeding_density_per_ml", E6),
    "RecordReading.volume_ml": Row("vessel_fill_ml", by="what the vessel was filled with"),
    "CorrectReading.volume_ml": Row("vessel_fill_ml", by="what the vessel was filled with"),
    "FillBags.volume_each_ml": Row("final_volume_ml"),
    "viable_cells_each_1e9": Row("cells_per_bag", E9),
    "viable_1e6_per_ml": Row("final_concentration_per_ml", E6),
    "infusion_min": Row("infusion_min"),
    "target_1e9": Row("cells_per_kg", by="the weight"),
}
REASONS: Final = {
    "row_version": "counts changes of a record; another than the one on file is stale",
    "number": "counts runs or orders; must be on file",
    "version": "counts versions of a document; must be on file",
    "user_id": "must be on file",
    "session_id": "must be on file",
    "hold_id": "must be on file",
    "weight_id": "must be on file",
    "check_id": "must be on file",
    "wristband_scan_id": "must be on file",
    "last_reading_id": "must be on file",
    "repeats_number": "must be on file",
    "print_number": "two digits of a label",
    "job": "must be on file",
    "count": "must be the labels of the job",
    "port": "sixteen bits",
    "wedge_gap_ms": "how slow a reader may type; its bounds are the database's too",
    "reader_check_days": "a day to a year",
    "most_typed_percent": "a share",
    "media_width_mm": "the stock of a printer",
    "media_height_mm": "the stock of a printer",
    "VerifyWeight.weight_kg": "must be the first entry again",
    "target_again_1e9": "must be the first entry again",
    "volume_again_ml": "must be the first entry again",
    "least_1e9": "is below the target",
    "most_1e9": "is above the target; its own most is 10^12 cells",
    "temperature_c": "what a thermometer can show; the site's storage limits are judged along the chain of custody",
    "out_of_storage_min": "a week at most; the inspection judges it",
    "bags": "one to twenty; their cells are judged together",
    "collections_planned": "one to twenty",
    "SeparateCells.volume_ml": "the pool before it is divided; the cells are judged",
    "HarvestCulture.volume_ml": "the pool before it is divided; the cells are judged",
    "FeedCulture.volume_each_ml": "what is added to a vessel; what it then holds is judged at its next count",
    "FinishInfusion.volume_ml": "is at most what the bag held",
    "StopInfusion.volume_ml": "is at most what the bag held",
    "_Ended.volume_ml": "is at most what the bag held",
    "live": "cells under the microscope",
    "dead": "cells under the microscope",
    "squares": "squares of a chamber",
    "dilution": "of a count: the concentration it gives is judged",
    "eu_per_ml": "the endotoxin of the heaviest hour is judged, with dose and weight",
    "targets_per_well": "set-up of a plate",
    "ratios": "set-up of a plate",
    "duration_h": "set-up of a plate",
    "systolic_mmhg": "signs of a patient: what can be measured on the living",
    "pulse_per_min": "signs of a patient: what can be measured on the living",
    "oxygen_percent": "signs of a patient: what can be measured on the living",
    "reaction_grade": "one to five",
    "amount": "what the laboratory counts of a lot; never more than is left of it",
    "amounts": "what is taken of each part; never more than is left of it",
    "days_open": "the maker's own, at most ten years",
    "shelf_life_h": "the laboratory's own, at most ten years",
    "arrival_temperature_c": "what a thermometer in a parcel can show; who releases the lot judges it",
    "RegisterMaterial.il2_per_ml": "the strength on the maker's vial",
    "earliest_h": "the recipe's own window",
    "target_h": "the recipe's own window",
    "latest_h": "the recipe's own window",
    "least_cells_per_bag": "the site's own criterion, approved by QA",
    "most_cells_per_bag": "the site's own criterion, approved by QA",
    "least_lu30_per_1e7": "the site's own criterion, approved by QA",
    "limit": "the site's own criterion, approved by QA",
    "upper": "the site's own criterion, approved by QA",
    "valid_hours": "the site's own criterion, approved by QA",
    "decimals": "zero to six",
}


def numbers_of(model: type[BaseModel]) -> list[str]:
    """The fields of a request that hold a number."""
    return [name for name, field in model.model_fields.items() if _holds_number(field.annotation)]


def _holds_number(kind: object) -> bool:
    return kind in {int, Decimal} or any(_holds_number(part) for part in get_args(kind))


def every_request(model: type[Request] = Request) -> Iterator[type[Request]]:
    """All requests there are."""
    for each in model.__subclasses__():
        yield each
        yield from every_request(each)


def row_of(model: type[BaseModel], name: str) -> Row | None:
    """The row of a field, by its request or for all requests alike."""
    return ROWS.get(f"{model.__name__}.{name}") or ROWS.get(name)


def has_reason(model: type[BaseModel], name: str) -> bool:
    """Whether it is written why no row judges the field."""
    return f"{model.__name__}.{name}" in REASONS or name in REASONS


def not_saved(row: Row, *, is_whole: bool) -> Iterator[str]:
    """Numbers that can never be saved."""
    yield from _beyond(row, field_limit(row.key).refuse, is_whole=is_whole)


def odd(row: Row, *, is_whole: bool) -> Iterator[str]:
    """Numbers that can be saved with a reason only."""
    refuse = field_limit(row.key).refuse
    for number in _beyond(row, field_limit(row.key).warn, is_whole=is_whole):
        if refuse is None or Decimal(number) * row.times in refuse:
            yield number


def _beyond(row: Row, range_: Range | None, *, is_whole: bool) -> Iterator[str]:
    """The numbers just outside a range, in the unit of the field; none where other fields go into it."""
    if range_ is None or row.by:
        return
    for edge, sign in ((range_.low, -1), (range_.high, 1)):
        if edge is not None:
            step = Decimal(1) if is_whole else max(abs(edge) * JUST_BEYOND, JUST_BEYOND)
            yield f"{(edge + sign * step) / row.times:f}"
