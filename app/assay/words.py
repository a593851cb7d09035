"""What tests, samples, states and findings are called, and which finding is the bad one. Decides no verdict."""

from __future__ import annotations

from typing import Final

from app.domain.cytotoxicity.layouts import PlateLayout
from app.domain.states import RunState
from app.domain.vocabulary import Finding, SampleKind, TargetCells, TestKind

TEST_WORDS: Final = {
    TestKind.COUNT_VIABILITY: "Cell count and viability",
    TestKind.GRAM_STAIN: "Gram stain",
    TestKind.IN_PROCESS_CULTURE: "In-process culture",
    TestKind.STERILITY: "Final sterility, 14 days",
    TestKind.ENDOTOXIN: "Endotoxin",
    TestKind.MYCOPLASMA: "Mycoplasma",
    TestKind.CYTOTOXICITY_51CR: "Cr-51 release assay",
    TestKind.APPEARANCE: "Appearance",
    TestKind.IDENTITY: "Identity",
    TestKind.PHENOTYPE: "Phenotype",
}

REQUESTABLE: Final = tuple(kind for kind in TEST_WORDS if kind is not TestKind.PHENOTYPE)
"""Phenotyping by flow cytometry has no entry page yet, so nobody can ask for it."""

SAMPLE_WORDS: Final = {
    SampleKind.CULTURE: "Culture",
    SampleKind.FINAL_PRODUCT: "Final product",
    SampleKind.SUPERNATANT_BEFORE_WASH: "Supernatant before wash",
    SampleKind.RETENTION: "Retention",
}

TARGET_WORDS: Final = {
    TargetCells.K562: "K562",
    TargetCells.DAUDI: "Daudi",
    TargetCells.RAJI: "Raji",
    TargetCells.AUTOLOGOUS_TUMOUR: "Own tumour",
}

LAYOUT_WORDS: Final = {
    PlateLayout.ONE_TARGET: "One target",
    PlateLayout.THREE_TARGETS: "Up to three targets",
    PlateLayout.TUBES: "One target, tubes of a gamma counter",
}

FINDINGS: Final = {
    TestKind.GRAM_STAIN: (Finding.NO_ORGANISM, Finding.ORGANISM_SEEN),
    TestKind.IN_PROCESS_CULTURE: (Finding.NO_GROWTH, Finding.GROWTH),
    TestKind.STERILITY: (Finding.NO_GROWTH, Finding.GROWTH),
    TestKind.MYCOPLASMA: (Finding.NOT_DETECTED, Finding.DETECTED),
    TestKind.APPEARANCE: (Finding.NO_AGGREGATES, Finding.AGGREGATES),
    TestKind.IDENTITY: (Finding.MATCH, Finding.NO_MATCH),
}
"""The two findings each of these tests can have: the good one, then the bad one."""

INTEGRITY: Final = (Finding.INTACT, Finding.NOT_INTACT)
BAD_FINDINGS: Final = frozenset(bad for _, bad in (*FINDINGS.values(), INTEGRITY))
READ_OVER_DAYS: Final = frozenset({TestKind.STERILITY, TestKind.IN_PROCESS_CULTURE})
"""Culture bottles are read several times before the last reading."""

OPEN_STATES: Final = frozenset({RunState.REQUESTED, RunState.SAMPLED, RunState.RUNNING})
"""No result has been entered yet."""


def in_words(word: str) -> str:
    """A controlled word as people read it: `no_growth` is "no growth"."""
    return word.replace("_", " ")


def target_slug(target: TargetCells) -> str:
    """How a target stands in the name of an analyte: `lysis_daudi_20`."""
    return target.value.lower()
