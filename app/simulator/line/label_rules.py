"""The label rules that came with the product, read and proposed by Sam, approved by Quentin."""

from __future__ import annotations

from app.label_rules import commands
from app.label_rules.schemas import ApproveLabelRules, LabelRulesNamed
from app.label_rules.versions.records import rules_record
from app.label_rules.versions.shipped import FIRST_VERSION
from app.simulator.laboratory import Laboratory
from app.simulator.people import QUENTIN, SAM


def adopted_rules(lab: Laboratory, version: int = FIRST_VERSION) -> int:
    """A draft proposed and approved; its version."""
    lab.act(SAM, commands.propose_label_rules, LabelRulesNamed(version=version), station="QA desk")
    what = lab.read(rules_record, version)
    asked = ApproveLabelRules.model_validate({"version": version} | lab.signed(QUENTIN, what.sha256))
    return lab.act(QUENTIN, commands.approve_label_rules, asked, station="QA desk").version
