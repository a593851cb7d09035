"""The chromium-51 release assay and its kin: from wells to a reported lytic unit. Stores nothing, excludes nothing."""

from app.domain.cytotoxicity.assay import (
    AssayConditions,
    AssayResult,
    ExcludedPoint,
    evaluate_assay,
    lytic_unit_sentence,
    plain,
    require_comparable,
)
from app.domain.cytotoxicity.method import (
    ENGINE_VERSION,
    HOUSE_SETTINGS,
    LU20_PER_1E7,
    LU30_PER_1E7,
    AssaySettings,
    LyticUnitDefinition,
    Model,
    PlateauMode,
)
from app.domain.cytotoxicity.models.comparison import area_log10, fit_line, ratio_by_model
from app.domain.cytotoxicity.models.exponential import ExponentialFit, fit_exponential
from app.domain.cytotoxicity.models.points import Point
from app.domain.cytotoxicity.plate import Exclusion, LayoutGroup, Plate, Well, apply_layout, layout_positions
from app.domain.cytotoxicity.reduction.findings import Finding
from app.domain.cytotoxicity.reduction.groups import Grade, Replicates
from app.domain.cytotoxicity.reduction.lysis import Basis, LysisPoint, SpontaneousShare
from app.domain.cytotoxicity.reduction.other_methods import (
    LdhMeans,
    ReleaseLysis,
    cr51_decay_factor,
    flow_lysis,
    ldh_lysis,
    release_lysis,
)
from app.domain.cytotoxicity.reduction.plates import Reduction, lysis_by_well, reduce_plate
from app.domain.cytotoxicity.reporting import (
    Curve,
    CurvePoint,
    Flag,
    LyticUnits,
    Reason,
    Status,
    conversion_factor,
    has_hook,
    report,
    total_lytic_units,
)

__all__ = [
    "ENGINE_VERSION",
    "HOUSE_SETTINGS",
    "LU20_PER_1E7",
    "LU30_PER_1E7",
    "AssayConditions",
    "AssayResult",
    "AssaySettings",
    "Basis",
    "Curve",
    "CurvePoint",
    "ExcludedPoint",
    "Exclusion",
    "ExponentialFit",
    "Finding",
    "Flag",
    "Grade",
    "LayoutGroup",
    "LdhMeans",
    "LysisPoint",
    "LyticUnitDefinition",
    "LyticUnits",
    "Model",
    "Plate",
    "PlateauMode",
    "Point",
    "Reason",
    "Reduction",
    "ReleaseLysis",
    "Replicates",
    "SpontaneousShare",
    "Status",
    "Well",
    "apply_layout",
    "area_log10",
    "conversion_factor",
    "cr51_decay_factor",
    "evaluate_assay",
    "fit_exponential",
    "fit_line",
    "flow_lysis",
    "has_hook",
    "layout_positions",
    "ldh_lysis",
    "lysis_by_well",
    "lytic_unit_sentence",
    "plain",
    "ratio_by_model",
    "reduce_plate",
    "release_lysis",
    "report",
    "require_comparable",
    "total_lytic_units",
]
