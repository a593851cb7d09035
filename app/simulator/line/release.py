"""From labelled bags to a decision in force, by the real commands and signatures."""

from __future__ import annotations

from dataclasses import dataclass

from app.culture.commands import BagsFilled
from app.domain.vocabulary import ReleaseKind, TestKind
from app.release import commands
from app.release.judged import ReleaseCase, release_case
from app.release.schemas import AcknowledgeRelease, DecideRelease, ReviewRecord
from app.simulator.laboratory import Laboratory
from app.simulator.line.assay import approved_results, register
from app.simulator.line.culture import Batch, Shelf, complete, filled_bags
from app.simulator.line.labels import apply_bag_labels
from app.simulator.line.patients import INGRID, Someone
from app.simulator.people import CHLOE, QUINN, Person

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
    lab: Laboratory,
    at: Shelf,
    who: Someone = INGRID,
    *,
    pending: tuple[TestKind, ...] = (TestKind.STERILITY, TestKind.MYCOPLASMA),
) -> Product:
    """A labelled lot with good results; the tests in `pending` are still running."""
    batch, filled = filled_bags(lab, at, register, who)
    return finished_lot(lab, batch, filled, pending=pending)


def finished_lot(
    lab: Laboratory,
    batch: Batch,
    filled: BagsFilled,
    *,
    pending: tuple[TestKind, ...] = (TestKind.STERILITY, TestKind.MYCOPLASMA),
) -> Product:
    """Filled bags labelled, the lot in quarantine, its results in."""
    apply_bag_labels(lab, filled.lot_code)
    complete(lab, batch)
    approved_results(lab, batch.culture, pending=pending)
    return Product(batch, filled.lot_code, filled.bag_codes)


def case(lab: Laboratory, lot: str) -> ReleaseCase:
    """The lot as the desk would judge it now."""
    return lab.read(release_case, lot, lab.clock())


def review(lab: Laboratory, lot: str, who: Person = QUINN) -> None:
    """QA's signed review of the record as it stands."""
    asked = ReviewRecord(lot_code=lot, **lab.signature(who, case(lab, lot).record))
    lab.act(who, commands.review_record, asked, station=DESK)


def decide_request(
    lab: Laboratory, lot: str, kind: ReleaseKind, who: Person = QUINN, **changed: object
) -> DecideRelease:
    """The signed decision, with plan and contact where they are needed."""
    given: dict[str, object] = {
        "lot_code": lot,
        "kind": kind,
        **lab.signature(who, case(lab, lot).record),
    }
    if kind is ReleaseKind.CONDITIONAL:
        given |= {"action_plan": PLAN, "contact": CONTACT}
    return DecideRelease.model_validate(given | changed)


def acknowledge(lab: Laboratory, lot: str, who: Person = CHLOE) -> commands.LotDecided:
    """The physician's acknowledgement."""
    return lab.act(who, commands.acknowledge_release, acknowledge_request(lab, lot, who))


def acknowledge_request(lab: Laboratory, lot: str, who: Person = CHLOE) -> AcknowledgeRelease:
    """The physician's signed acknowledgement."""
    return AcknowledgeRelease(lot_code=lot, **lab.signature(who, case(lab, lot).record))


def conditionally_released(lab: Laboratory, at: Shelf, who: Someone = INGRID) -> Product:
    """A lot whose bags may be ordered: sterility and mycoplasma pending, acknowledged by Chloe."""
    product = quarantined_lot(lab, at, who)
    release_conditionally(lab, product)
    return product


def release_conditionally(lab: Laboratory, product: Product) -> None:
    """Reviewed and signed by Quinn, acknowledged by Chloe."""
    review(lab, product.lot)
    asked = decide_request(lab, product.lot, ReleaseKind.CONDITIONAL)
    lab.act(QUINN, commands.decide_release, asked, station=DESK)
    acknowledge(lab, product.lot)
