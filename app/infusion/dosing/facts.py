"""What a dose order and its confirmation consist of: weight, cells, bags, endotoxin. Nothing is refused here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.endotoxin import EndotoxinVerdict, HeaviestHour, judge_endotoxin
from app.domain.figures import cells_in_words, power_of_ten
from app.domain.infusion import dose_difference_percent
from app.domain.signing import RecordValue
from app.domain.vocabulary import OrderState, Route
from app.identity.signing import Signable
from app.infusion.queries.bags import DoseBag
from app.patients.queries.weights import Weight
from app.patients.records import CoursePatient


@dataclass(frozen=True, slots=True)
class Cells:
    """The ordered numbers of viable cells."""

    least: int
    target: int
    most: int


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """An order as it would be signed now."""

    about: CoursePatient
    number: int
    cells: Cells
    route: Route
    planned_at: datetime
    infusion_min: int
    weight: Weight
    signable: Signable

    @property
    def per_kg(self) -> Decimal:
        """The target in viable cells per kg."""
        return self.cells.target / self.weight.kg


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order on file."""

    id: int
    number: int
    row_version: int
    state: OrderState
    cells: Cells
    route: Route
    planned_at: datetime
    infusion_min: int
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class DoseSheet:
    """Bags as the dose of an order, and what the rules say about them now. `hour` is None without a result."""

    about: CoursePatient
    order: OrderFacts
    weight: Weight
    bags: tuple[DoseBag, ...]
    hour: HeaviestHour | None
    limit_eu_per_kg_h: Decimal | None
    signable: Signable

    @property
    def viable_cells(self) -> int:
        """What the bags hold together."""
        return sum(bag.viable_cells for bag in self.bags)

    @property
    def difference_percent(self) -> Decimal:
        """By how much they differ from the target."""
        return dose_difference_percent(self.order.cells.target, self.viable_cells)

    @property
    def is_outside_order(self) -> bool:
        """Whether the bags hold less than the least or more than the most that was ordered."""
        return not self.order.cells.least <= self.viable_cells <= self.order.cells.most

    @property
    def is_endotoxin_passed(self) -> bool:
        """Whether the heaviest hour is known and within the limit."""
        if self.hour is None or self.limit_eu_per_kg_h is None:
            return False
        return judge_endotoxin(self.hour, self.limit_eu_per_kg_h) is EndotoxinVerdict.PASSED


def figures(viable_cells: int) -> str:
    """`2.08 × 10^10 viable cells (20.8 billion cells)`: figures and words together."""
    return f"{power_of_ten(Decimal(viable_cells))} viable cells ({cells_in_words(Decimal(viable_cells))})"


def whose(about: CoursePatient) -> dict[str, RecordValue]:
    """The course and patient of a signed record."""
    return {
        "course": about.course_code,
        "patient": about.patient_code,
        "family_name": about.family_name,
        "given_name": about.given_name,
        "birth_date": about.birth_date,
        "hospital_number": about.hospital_number,
    }
