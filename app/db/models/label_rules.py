"""Label rules: versions of the statements and elements labels must carry. One approved version is in force."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, Stream, Versioned, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.labels.elements import Element
from app.domain.labels.statements import CitationStatus, Condition, Placement, Switch
from app.domain.vocabulary import VersionState


class LabelRuleSet(Versioned, Base):
    """One version of the label rules. The first has no author and no base: it came with the product.

    Who proposes it to QA answers for it as its author does; neither of them approves it.
    """

    __tablename__ = "label_rule_set"
    __stream__ = Stream.RECIPE
    __fixed__ = ("version", "based_on", "why", "author_id", "written_at")

    id: Mapped[Key]
    version: Mapped[int] = mapped_column(unique=True)
    state: Mapped[VersionState] = mapped_column(controlled(VersionState))
    based_on: Mapped[int | None] = mapped_column()
    why: Mapped[str] = personal_text()
    author_id: Mapped[int | None] = refers("user_account.id")
    written_at: Mapped[datetime] = mapped_column()
    proposed_by_id: Mapped[int | None] = refers("user_account.id")
    proposed_at: Mapped[datetime | None] = mapped_column()
    approved_by_id: Mapped[int | None] = refers("user_account.id")
    approved_at: Mapped[datetime | None] = mapped_column()
    signature_id: Mapped[int | None] = mapped_column()

    __table_args__ = (
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        ForeignKeyConstraint(["based_on"], ["label_rule_set.version"]),
        CheckConstraint("version >= 1 AND based_on < version", name="version_follows_its_base"),
        CheckConstraint("(author_id IS NULL) = (version = 1)", name="only_the_first_is_shipped"),
        CheckConstraint("(based_on IS NULL) = (version = 1)", name="only_the_first_has_no_base"),
        CheckConstraint("(proposed_by_id IS NULL) = (proposed_at IS NULL)", name="proposed_by_somebody"),
        CheckConstraint("approved_by_id <> author_id", name="approved_by_another"),
        CheckConstraint("approved_by_id <> proposed_by_id", name="approved_by_another_than_proposer"),
        CheckConstraint(
            "(state = 'draft') = (approved_by_id IS NULL) AND (approved_by_id IS NULL) = (signature_id IS NULL)"
            " AND (approved_by_id IS NULL) = (approved_at IS NULL)",
            name="approved_signed",
        ),
        CheckConstraint("state = 'draft' OR proposed_by_id IS NOT NULL", name="proposed_before_approved"),
        Index(
            "uq_label_rule_set_in_force",
            "state",
            unique=True,
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
    )


class Placed:
    """Where a row of the rules stands at each stage: affixed, attached, accompanying, or not at all."""

    partial: Mapped[Placement | None] = mapped_column(controlled(Placement, "partial_placement"))
    end_collection: Mapped[Placement | None] = mapped_column(controlled(Placement, "end_collection_placement"))
    in_process: Mapped[Placement | None] = mapped_column(controlled(Placement, "in_process_placement"))
    end_processing: Mapped[Placement | None] = mapped_column(controlled(Placement, "end_processing_placement"))
    distribution: Mapped[Placement | None] = mapped_column(controlled(Placement, "distribution_placement"))
    shipping_box: Mapped[Placement | None] = mapped_column(controlled(Placement, "shipping_box_placement"))


class LabelStatementRule(Versioned, Placed, Base):
    """One statement of a version, such as LS-01. `excludes` holds ids separated by blanks."""

    __tablename__ = "label_statement_rule"
    __stream__ = Stream.RECIPE
    __fixed__ = ("rule_set_id", "position", "statement")

    id: Mapped[Key]
    rule_set_id: Mapped[int] = refers("label_rule_set.id")
    position: Mapped[int] = mapped_column()
    statement: Mapped[str] = code_text(8)
    text: Mapped[str] = code_text(160)
    citation: Mapped[str] = code_text(160)
    citation_status: Mapped[CitationStatus] = mapped_column(controlled(CitationStatus))
    switch: Mapped[Switch] = mapped_column(controlled(Switch))
    condition: Mapped[Condition] = mapped_column(controlled(Condition))
    excludes: Mapped[str | None] = code_text(160)
    placement_source: Mapped[str] = code_text(160)

    __table_args__ = (
        UniqueConstraint("rule_set_id", "statement"),
        UniqueConstraint("rule_set_id", "position"),
    )


class LabelElementRule(Versioned, Placed, Base):
    """One row of the matrix of a version: an element, and whether it stands only where it applies."""

    __tablename__ = "label_element_rule"
    __stream__ = Stream.RECIPE
    __fixed__ = ("rule_set_id", "position", "element")

    id: Mapped[Key]
    rule_set_id: Mapped[int] = refers("label_rule_set.id")
    position: Mapped[int] = mapped_column()
    element: Mapped[Element] = mapped_column(controlled(Element))
    is_conditional: Mapped[bool] = mapped_column()
    source: Mapped[str] = code_text(160)

    __table_args__ = (
        UniqueConstraint("rule_set_id", "element"),
        UniqueConstraint("rule_set_id", "position"),
    )
