"""One plate reduced: controls, points, everything that did not pass. Not the number that is reported."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.domain.cytotoxicity.method import AssaySettings
from app.domain.cytotoxicity.plate import Plate
from app.domain.cytotoxicity.reduction.findings import (
    Finding,
    control_findings,
    point_findings,
    share_findings,
    spread_findings,
)
from app.domain.cytotoxicity.reduction.groups import Grade, Replicates, control_group, effector_groups
from app.domain.cytotoxicity.reduction.lysis import Controls, LysisPoint, SpontaneousShare
from app.domain.vocabulary import WellRole


@dataclass(frozen=True, slots=True)
class Reduction:
    """Controls, points from the highest E:T down, and the findings.

    `wells_to_explain`: in each group spread beyond the high limit, the wells farthest from its mean.
    """

    spontaneous: Replicates
    maximum: Replicates
    background: Replicates
    s_over_m: SpontaneousShare
    points: tuple[LysisPoint, ...]
    findings: tuple[Finding, ...]
    wells_to_explain: tuple[str, ...]

    @property
    def is_valid(self) -> bool:
        """Whether the controls allow a result."""
        return not any(finding.grade is Grade.INVALID for finding in self.findings)


def reduce_plate(plate: Plate, settings: AssaySettings) -> Reduction:
    """Means, spread, S/M and % lysis = 100 (E - S) / (M - S) of a plate, domain design 9.2 and 9.3.

    Controls that give no scale leave % lysis empty and make the reduction invalid; nothing is raised.
    """
    controls, effectors = _controls(plate), effector_groups(plate)
    groups = (controls.spontaneous, controls.maximum, *effectors.values())
    share = controls.share(settings)
    points = tuple(controls.point(ratio, group, settings) for ratio, group in effectors.items())
    return Reduction(
        spontaneous=controls.spontaneous.replicates(settings),
        maximum=controls.maximum.replicates(settings),
        background=controls.background.replicates(settings),
        s_over_m=share,
        points=points,
        findings=(
            *control_findings(controls, settings),
            *share_findings(share, settings),
            *spread_findings(groups, settings),
            *point_findings(points, settings),
        ),
        wells_to_explain=tuple(
            position for group in groups if group.cv_grade(settings) is Grade.HIGH for position in group.farthest()
        ),
    )


def lysis_by_well(plate: Plate) -> dict[str, Decimal]:
    """% lysis of each single effector well, for the picture of the plate; none when there is no scale."""
    controls = _controls(plate)
    single = {
        well.position: controls.lysis(Fraction(well.value))
        for well in plate.wells
        if well.role is WellRole.EXPERIMENTAL and well.value is not None and well.censor is None
    }
    return {position: lysis for position, lysis in single.items() if lysis is not None}


def _controls(plate: Plate) -> Controls:
    return Controls(
        control_group(plate, WellRole.SPONTANEOUS),
        control_group(plate, WellRole.MAXIMUM),
        control_group(plate, WellRole.BACKGROUND),
    )
