"""From labelled bags to a decision in force, by the real commands and signatures."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.vocabulary import ReleaseKind, TestKind
from app.release import commands
from app.release.judged import ReleaseCase, release_case
from app.release.schemas import AcknowledgeRelease, DecideRelease, ReviewRecord
from tests.line.assay import approved_results, register
from tests.line.culture import Batch, Shelf, complete, filled_bags
from tests.line.labels import apply_bag_labels
from tests.line.patients import INGRID, Someone
from tests.people import CHLOE, QUINN, Person
from tests.world import World

DESK = "QA desk"
PLAN = "stop the infusion, blood cultures, broad antibiotics, call the laboratory"
CONTACT = "Dr Osei, ext. 4 4471"


@dataclass(frozen=True)
class Product:
    """A lot with its bags and whose it is."""

    batch: Batch
    lot: str
    bags: tuple[str, ...]


def quarantined_lot(
    world: World,
    at: Shelf,
    who: Someone = INGRID,
    *,
    pending: tuple[TestKind, ...] = (TestKind.STERILITY, TestKind.MYCOPLASMA),
) -> Product:
    """A labelled lot with good results; the tests in `pending` are still running."""
    batch, filled = filled_bags(world, at, register, who)
    apply_bag_labels(world, filled.lot_code)
    complete(world, batch)
    approved_results(world, batch.culture, pending=pending)
    return Product(batch, filled.lot_code, filled.bag_codes)


def case(world: World, lot: str) -> ReleaseCase:
    """The lot as the desk would judge it now."""
    return world.read(release_case, lot, world.clock())


def review(world: World, lot: str, who: Person = QUINN) -> None:
    """QA's signed review of the record as it stands."""
    asked = ReviewRecord(lot_code=lot, **world.signature(who, case(world, lot).record))
    world.act(who, commands.review_record, asked, station=DESK)


def decide_request(world: World, lot: str, kind: ReleaseKind, who: Person = QUINN, **changed: object) -> DecideRelease:
    """The signed decision, with plan and contact where they are needed."""
    given: dict[str, object] = {"lot_code": lot, "kind": kind, **world.signature(who, case(world, lot).record)}
    if kind is ReleaseKind.CONDITIONAL:
        given |= {"action_plan": PLAN, "contact": CONTACT}
    return DecideRelease.model_validate(given | changed)


def acknowledge(world: World, lot: str, who: Person = CHLOE) -> commands.LotDecided:
    """The physician's signed acknowledgement."""
    asked = AcknowledgeRelease(lot_code=lot, **world.signature(who, case(world, lot).record))
    return world.act(who, commands.acknowledge_release, asked)


def conditionally_released(world: World, at: Shelf, who: Someone = INGRID) -> Product:
    """A lot whose bags may be ordered: sterility and mycoplasma pending, acknowledged by Chloe."""
    product = quarantined_lot(world, at, who)
    review(world, product.lot)
    asked = decide_request(world, product.lot, ReleaseKind.CONDITIONAL)
    world.act(QUINN, commands.decide_release, asked, station=DESK)
    acknowledge(world, product.lot)
    return product
