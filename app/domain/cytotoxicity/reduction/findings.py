"""The checks of domain design 9.3 that did not pass, in words. They decide validity, they change no number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.cytotoxicity.method import AssaySettings
from app.domain.cytotoxicity.reduction.groups import Grade, Group, ratio_words
from app.domain.cytotoxicity.reduction.lysis import Controls, LysisPoint, SpontaneousShare


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that did not pass. INVALID means that no lytic unit may be reported."""

    slug: str
    grade: Grade
    sentence: str


def control_findings(controls: Controls, settings: AssaySettings) -> Iterator[Finding]:
    """Too few control wells, or no scale between spontaneous and maximum release: both invalid."""
    for group in (controls.spontaneous, controls.maximum):
        if len(group.used) < settings.min_wells:
            said = f"The {group.name} has {len(group.used)} usable wells; {settings.min_wells} are needed."
            yield Finding("control_wells", Grade.INVALID, said)
    spontaneous, maximum = controls.spontaneous.mean, controls.maximum.mean
    if spontaneous is not None and maximum is not None and maximum <= spontaneous:
        yield Finding(
            "maximum_not_above_spontaneous",
            Grade.INVALID,
            "Maximum release is not above spontaneous release, so there is no scale. Check layout and detergent.",
        )


def share_findings(share: SpontaneousShare, settings: AssaySettings) -> Iterator[Finding]:
    """S/M: warn from the usual limit on, invalid above the last one; warn when the blanks count more than S."""
    judged = share.judged_percent
    if judged is None and share.gross_percent is not None:
        yield Finding("background_above_maximum", Grade.INVALID, "The background is not below maximum release.")
    if judged is None or share.grade is Grade.PASSED:
        return
    said = (
        "The background is above spontaneous release. Check the layout."
        if judged < 0
        else f"Spontaneous is {judged:.1f} % of maximum release ({share.basis.value}); usual is below "
        f"{settings.sm_warn:f} %, the limit is {settings.sm_limit:f} %."
    )
    yield Finding("s_over_m", share.grade, said)


def spread_findings(groups: Sequence[Group], settings: AssaySettings) -> Iterator[Finding]:
    """Replicates that spread: warn from the usual limit on, high above the second one."""
    for group in groups:
        cv, grade = group.cv_percent(), group.cv_grade(settings)
        if cv is not None and grade in (Grade.WARN, Grade.HIGH):
            said = f"The wells of {group.name} spread by {cv:.0f} %; usual is below {settings.cv_warn:f} %."
            yield Finding("replicate_cv", grade, said)


def point_findings(points: Sequence[LysisPoint], settings: AssaySettings) -> Iterator[Finding]:
    """Groups short of wells, and lysis above 100 %: both warn."""
    for point in points:
        ratio = ratio_words(point.effector_target_ratio)
        if point.replicates.wells_used < settings.min_wells:
            yield Finding("effector_wells", Grade.WARN, f"{ratio} has too few usable wells and is not used.")
        if point.lysis_percent is not None and point.lysis_percent > 100:
            yield Finding("lysis_above_100", Grade.WARN, f"Lysis at {ratio} is above 100 %.")
