"""Cultures (batches): what went in, each step with its two people, the vessel group and its readings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, OfCourse, Stream, Versioned, bound, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.reading import CodeSource
from app.domain.states import CultureState
from app.domain.vocabulary import Il2Unit, SeparationMethod, StepKind, VesselState


class Culture(OfCourse, Versioned, Base):
    """One batch. It pins recipe and specification when it opens; `bench_id` is where its open step stands.

    `bench_id` is unique: two cultures, so two patients, never open at one bench (line clearance). It is held from the
    start to the seeding and from the harvest until every bag is labelled.
    """

    __tablename__ = "culture"
    __stream__ = Stream.COURSE
    __evidence__ = ("id",)
    __fixed__ = ("course_id", "patient_id", "code", "recipe_id")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    number: Mapped[int] = mapped_column()
    treatment_order_id: Mapped[int] = mapped_column()
    recipe_id: Mapped[int] = refers("recipe.id")
    specification_id: Mapped[int] = refers("specification.id")
    state: Mapped[CultureState] = mapped_column(controlled(CultureState))
    opened_at: Mapped[datetime] = mapped_column()
    seeded_at: Mapped[datetime | None] = mapped_column()
    harvested_at: Mapped[datetime | None] = mapped_column()
    bench_id: Mapped[int | None] = mapped_column(unique=True)

    __table_args__ = (
        *bound("treatment_order"),
        ForeignKeyConstraint(["bench_id"], ["place.id"]),
        UniqueConstraint("course_id", "number"),
        CheckConstraint("harvested_at > seeded_at", name="harvested_after_seeding"),
        Index("ix_culture_state_id", "state", "id"),  # Today and the batch list, by keyset
    )


class CultureInput(OfCourse, Base):
    """Cells of one collection that went into a culture of the same course."""

    __tablename__ = "culture_input"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    collection_id: Mapped[int] = mapped_column()

    __table_args__ = (
        *bound("culture", "collection"),
        UniqueConstraint("culture_id", "collection_id"),
        Index("ix_culture_input_collection_id", "collection_id"),  # genealogy, forward
    )


class CultureStep(OfCourse, Base):
    """One thing done to a culture, by whom, checked by whom, when it was done and when it was recorded.

    Cells, viability and volume are those after the step; of a feed the volume is what was added to all vessels.
    """

    __tablename__ = "culture_step"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    kind: Mapped[StepKind] = mapped_column(controlled(StepKind))
    performed_at: Mapped[datetime] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column()
    performed_by_id: Mapped[int] = refers("user_account.id")
    checked_by_id: Mapped[int | None] = refers("user_account.id")
    station_id: Mapped[int | None] = refers("station.id")
    method: Mapped[SeparationMethod | None] = mapped_column(controlled(SeparationMethod))
    viable_cells: Mapped[int | None] = mapped_column()
    viability_percent: Mapped[Decimal | None] = mapped_column()
    volume_ul: Mapped[int | None] = mapped_column()
    reason: Mapped[str | None] = personal_text()

    __table_args__ = (
        *bound("culture"),
        CheckConstraint("(kind = 'separate') = (method IS NOT NULL)", name="separation_has_method"),
        CheckConstraint("kind = 'close' OR kind = 'stop' OR checked_by_id IS NOT NULL", name="checked_by_someone"),
        CheckConstraint("checked_by_id <> performed_by_id", name="checked_by_another"),
        Index("ix_culture_step_culture_id_id", "culture_id", "id"),
    )


class CultureMaterial(OfCourse, Base):
    """A material lot scanned into a step."""

    __tablename__ = "culture_material"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    culture_step_id: Mapped[int] = mapped_column()
    material_lot_id: Mapped[int] = refers("material_lot.id")
    code_source: Mapped[CodeSource] = mapped_column(controlled(CodeSource))

    __table_args__ = (
        *bound("culture", "culture_step"),
        UniqueConstraint("culture_step_id", "material_lot_id"),
        Index("ix_culture_material_material_lot_id", "material_lot_id"),  # look-back from a lot
        Index("ix_culture_material_culture_id", "culture_id"),  # whether a material of a bag was recalled
    )


class CultureEquipment(OfCourse, Base):
    """A piece of equipment scanned into a step."""

    __tablename__ = "culture_equipment"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    culture_step_id: Mapped[int] = mapped_column()
    equipment_id: Mapped[int] = refers("equipment.id")

    __table_args__ = (
        *bound("culture", "culture_step"),
        UniqueConstraint("culture_step_id", "equipment_id"),
        Index("ix_culture_equipment_equipment_id", "equipment_id"),  # look-back from equipment
    )


class VesselGroup(OfCourse, Versioned, Base):
    """`vessel_count` identical vessels from one seeding event, each with the same volume, cells and IL-2.

    IL-2 is kept as entered (value, unit, product) and, where the unit converts, in IU/mL.
    """

    __tablename__ = "vessel_group"
    __stream__ = Stream.COURSE
    __evidence__ = ("culture_id",)
    __fixed__ = ("course_id", "patient_id", "culture_id", "vessel_count")

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    seeding_step_id: Mapped[int] = mapped_column()
    vessel_count: Mapped[int] = mapped_column()
    volume_each_ul: Mapped[int] = mapped_column()
    viable_cells_each: Mapped[int] = mapped_column()
    il2_per_ml: Mapped[Decimal] = mapped_column()
    il2_unit: Mapped[Il2Unit] = mapped_column(controlled(Il2Unit))
    il2_lot_id: Mapped[int] = refers("material_lot.id")
    il2_iu_per_ml: Mapped[Decimal | None] = mapped_column()
    incubator_id: Mapped[int] = refers("equipment.id")

    __table_args__ = (
        *bound("culture"),
        ForeignKeyConstraint(
            ["seeding_step_id", "course_id", "patient_id"],
            ["culture_step.id", "culture_step.course_id", "culture_step.patient_id"],
        ),
        UniqueConstraint("culture_id"),
        CheckConstraint("vessel_count BETWEEN 1 AND 500", name="vessel_count_possible"),
    )


class Vessel(OfCourse, Versioned, Base):
    """One member of a vessel group, numbered from 1."""

    __tablename__ = "vessel"
    __stream__ = Stream.COURSE
    __evidence__ = ("culture_id",)
    __fixed__ = ("course_id", "patient_id", "code", "culture_id", "member")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    culture_id: Mapped[int] = mapped_column()
    vessel_group_id: Mapped[int] = mapped_column()
    member: Mapped[int] = mapped_column()
    state: Mapped[VesselState] = mapped_column(controlled(VesselState))

    __table_args__ = (
        *bound("culture", "vessel_group"),
        UniqueConstraint("vessel_group_id", "member"),
        Index("ix_vessel_culture_id_member", "culture_id", "member"),
    )


class VesselReading(OfCourse, Versioned, Base):
    """A count of one vessel. Unverified until a second person confirms it; corrections are new rows."""

    __tablename__ = "vessel_reading"
    __stream__ = Stream.COURSE
    __evidence__ = ("culture_id",)
    __fixed__ = (
        "course_id",
        "patient_id",
        "culture_id",
        "vessel_id",
        "taken_at",
        "entered_by_id",
        "corrects_id",
        "viable_cells_per_ml",
        "viability_percent",
        "volume_ul",
    )

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    vessel_id: Mapped[int] = mapped_column()
    culture_day: Mapped[int] = mapped_column()
    taken_at: Mapped[datetime] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column()
    viable_cells_per_ml: Mapped[int] = mapped_column()
    viability_percent: Mapped[Decimal] = mapped_column()
    volume_ul: Mapped[int] = mapped_column()
    entered_by_id: Mapped[int] = refers("user_account.id")
    verified_by_id: Mapped[int | None] = refers("user_account.id")
    corrects_id: Mapped[int | None] = mapped_column(unique=True)
    reason: Mapped[str | None] = personal_text()

    __table_args__ = (
        *bound("culture", "vessel"),
        ForeignKeyConstraint(
            ["corrects_id", "course_id", "patient_id"],
            ["vessel_reading.id", "vessel_reading.course_id", "vessel_reading.patient_id"],
        ),
        CheckConstraint("verified_by_id <> entered_by_id", name="verified_by_another"),
        Index("ix_vessel_reading_culture_id_id", "culture_id", "id"),
        Index("ix_vessel_reading_vessel_id_id", "vessel_id", "id"),  # the count before
    )
