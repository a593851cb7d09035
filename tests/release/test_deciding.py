"""QA's decision: only on evidence, only by somebody apart, bound to what was shown; the physician has the last word."""

from __future__ import annotations

from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app.domain.errors import Refusal
from app.domain.release import Outcome
from app.domain.vocabulary import ReleaseKind
from app.ledger.verify import verify
from app.release import commands
from app.simulator.line.culture import shelf
from app.simulator.line.release import (
    DESK,
    Product,
    acknowledge,
    acknowledge_request,
    case,
    decide_request,
    quarantined_lot,
    release_conditionally,
    review,
)
from tests.conftest import AtStage
from tests.counting import statements
from tests.people import CHLOE, QUENTIN, QUINN, SAM, TARA
from tests.world import World


@pytest.fixture
def reached(at_stage: AtStage) -> tuple[World, object]:
    return at_stage("quarantined", lambda world: quarantined_lot(world, shelf(world)))


@pytest.fixture
def world(reached: tuple[World, object]) -> World:
    return reached[0]


@pytest.fixture
def product(reached: tuple[World, object]) -> Product:
    assert isinstance(reached[1], Product)
    return reached[1]


def refused(world: World, who: object, asked: object, *, station: str = DESK) -> Refusal:
    return world.refused(who, commands.decide_release, asked, station=station)  # type: ignore[arg-type]  cast of tests


@pytest.mark.requirement("REQ-051")
@pytest.mark.requirement("REQ-032")
def test_without_a_signed_review_of_the_record_nothing_is_released(world: World, product: Product) -> None:
    assert case(world, product.lot).evaluation.outcome is Outcome.BLOCKED
    said = refused(world, QUINN, decide_request(world, product.lot, ReleaseKind.CONDITIONAL))
    assert said.code == "lot_is_blocked"
    assert "Nobody reviewed the record" in said.sentence


@pytest.mark.requirement("REQ-060")
def test_pending_sterility_permits_a_conditional_release_only(world: World, product: Product) -> None:
    review(world, product.lot)
    said = refused(world, QUINN, decide_request(world, product.lot, ReleaseKind.RELEASE))
    assert said.code == "lot_is_conditional_eligible"
    assert "pending" in said.sentence


@pytest.mark.requirement("REQ-060")
@pytest.mark.parametrize(("missing", "named"), [("action_plan", "action plan"), ("contact", "contact")])
def test_each_missing_part_of_a_conditional_release_is_named(
    world: World, product: Product, missing: str, named: str
) -> None:
    review(world, product.lot)
    said = refused(world, QUINN, decide_request(world, product.lot, ReleaseKind.CONDITIONAL, **{missing: None}))
    assert named in said.sentence


@pytest.mark.requirement("REQ-060")
def test_a_conditional_release_takes_effect_when_the_physician_acknowledges(world: World, product: Product) -> None:
    review(world, product.lot)
    asked = decide_request(world, product.lot, ReleaseKind.CONDITIONAL)
    signed = world.act(QUINN, commands.decide_release, asked, station=DESK)
    assert (signed.decision_state, signed.lot_state) == ("signed", "quarantine")
    done = acknowledge(world, product.lot)
    assert (done.decision_state, done.lot_state) == ("effective", "conditional")
    states = {row[0] for row in world.rows("SELECT state FROM bag")}
    assert states == {"available"}
    with world.database.reading() as db:
        assert verify(db, world.keyring).finding is None


@pytest.mark.requirement("REQ-036")
@pytest.mark.requirement("REQ-008")
@pytest.mark.parametrize("who", [TARA, SAM, QUENTIN, CHLOE], ids=lambda who: who.name)
def test_only_release_authority_decides(world: World, product: Product, who: object) -> None:
    review(world, product.lot)
    said = refused(world, who, decide_request(world, product.lot, ReleaseKind.CONDITIONAL, who))  # type: ignore[arg-type]
    assert type(said).__name__ == "NotAllowed"


@pytest.mark.requirement("REQ-108")
def test_a_record_that_changed_since_it_was_shown_cannot_be_signed(world: World, product: Product) -> None:
    review(world, product.lot)
    asked = decide_request(world, product.lot, ReleaseKind.CONDITIONAL, record_sha256="0" * 64)
    assert refused(world, QUINN, asked).code == "record_changed"


@pytest.mark.requirement("REQ-141")
@pytest.mark.requirement("REQ-108")
def test_who_took_part_in_the_lot_cannot_decide_by_command_or_by_sql(world: World, product: Product) -> None:
    """Quinn touched the culture once: the command names the step, and the database refuses the row."""
    review(world, product.lot)
    culture = world.rows("SELECT id FROM culture")[0][0]
    world.sql(
        "INSERT INTO evidence_actor (id, user_id, culture_id, step) VALUES (9001, :quinn, :culture, 'record_reading')",
        quinn=world.user_id(QUINN),
        culture=culture,
    )
    said = refused(world, QUINN, decide_request(world, product.lot, ReleaseKind.CONDITIONAL))
    assert said.code == "took_part"
    assert "record reading" in said.sentence
    with pytest.raises(DBAPIError, match="releaser_took_part"):
        world.sql(_forged_decision(world, product), signer=world.user_id(QUINN))


@pytest.mark.requirement("REQ-007")
@pytest.mark.parametrize("state", ["released", "conditional", "exceptional"])
def test_a_lot_cannot_be_released_by_sql_without_a_decision(world: World, product: Product, state: str) -> None:
    with pytest.raises(DBAPIError, match="lot_without_decision"):
        world.sql("UPDATE product_lot SET state = :state", state=state)


@pytest.mark.requirement("REQ-052")
def test_a_bag_cannot_be_made_available_by_sql(world: World, product: Product) -> None:
    with pytest.raises(DBAPIError, match="not_released"):
        world.sql("UPDATE bag SET state = 'available'")


def test_a_decision_in_force_cannot_be_reworded_or_taken_back(world: World, product: Product) -> None:
    release_conditionally(world, product)
    for change in ("evaluation = '{}'", "kind = 'release'", "state = 'signed'"):
        with pytest.raises(DBAPIError, match="veinline:"):
            world.sql(f"UPDATE release_decision SET {change}")


def test_a_rejection_needs_a_reason_and_ends_the_lot(world: World, product: Product) -> None:
    bare = decide_request(world, product.lot, ReleaseKind.REJECT)
    assert refused(world, QUINN, bare).code == "reason_required"
    asked = decide_request(world, product.lot, ReleaseKind.REJECT, reason="the patient withdrew from the course")
    done = world.act(QUINN, commands.decide_release, asked, station=DESK)
    assert (done.lot_state, done.decision_state) == ("rejected", "effective")


@pytest.mark.requirement("REQ-036")
def test_the_api_refuses_a_technician_and_the_page_offers_qa_the_legal_act(world: World, product: Product) -> None:
    review(world, product.lot)
    asked = decide_request(world, product.lot, ReleaseKind.CONDITIONAL, TARA).model_dump(mode="json") | {
        "secret": TARA.pin
    }
    path = f"/api/v1/release/{product.lot}/decide"
    answer = world.client(TARA).post(path, json=asked, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 403, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    page = world.client(QUINN, DESK).get(f"/release/{product.lot}")
    assert page.status_code == 200
    assert "Release lot conditionally" in page.text
    assert "Release lot</button>" not in page.text


def test_the_desk_reads_the_chains_of_all_bags_of_a_lot_together(world: World, product: Product) -> None:
    assert len(product.bags) > 1
    client = world.client(QUINN, DESK)
    with statements(world) as shown:
        assert client.get(f"/release/{product.lot}").status_code == 200
    of_custody = [each for each in shown if "FROM custody_event" in each]
    assert len(of_custody) == 1, of_custody
    assert len(shown) <= 36, shown


@pytest.mark.requirement("REQ-009")
def test_a_device_that_is_not_enrolled_releases_nothing(world: World, product: Product) -> None:
    review(world, product.lot)
    given = case(world, product.lot).record
    known = world.signed(QUINN, sha256(given.encode()).hexdigest(), station=False)
    asked = decide_request(world, product.lot, ReleaseKind.CONDITIONAL, **known)
    refusal = world.refused(QUINN, commands.decide_release, asked, station=None)
    assert (refusal.code, refusal.near_miss is not None) == ("station_not_enrolled", True)
    page = world.client(QUINN, None).get(f"/release/{product.lot}").text
    assert "This device is not enrolled." in page
    assert "Release lot conditionally" not in page
    assert "Reject lot" in page, "stopping needs no station"


def test_a_decision_that_waits_is_stale_once_another_is_signed(world: World, product: Product) -> None:
    review(world, product.lot)
    world.act(QUINN, commands.decide_release, decide_request(world, product.lot, ReleaseKind.CONDITIONAL), station=DESK)
    reject = decide_request(world, product.lot, ReleaseKind.REJECT, reason="the patient withdrew from the course")
    world.act(QUINN, commands.decide_release, reject, station=DESK)
    assert world.rows("SELECT state FROM release_decision ORDER BY number") == [("withdrawn",), ("effective",)]
    refusal = world.refused(CHLOE, commands.acknowledge_release, acknowledge_request(world, product.lot))
    assert refusal.code == "nothing_to_acknowledge"


def test_the_same_request_twice_is_one_decision(world: World, product: Product) -> None:
    review(world, product.lot)
    asked = decide_request(world, product.lot, ReleaseKind.CONDITIONAL).model_dump(mode="json") | {"secret": QUINN.pin}
    path, headers = f"/api/v1/release/{product.lot}/decide", {"Idempotency-Key": str(uuid4())}
    first = world.client(QUINN, DESK).post(path, json=asked, headers=headers)
    again = world.client(QUINN, DESK).post(path, json=asked, headers=headers)
    assert (first.status_code, first.json()) == (200, again.json())
    assert world.rows("SELECT count(*) FROM release_decision") == [(1,)]


def _forged_decision(world: World, product: Product) -> str:
    return (
        "INSERT INTO release_decision (id, course_id, patient_id, product_lot_id, number, kind, state,"
        " specification_id, outcome, evaluation, evaluation_sha256, signed_by_id, signature_id, action_plan, contact,"
        " row_version) SELECT 9001, course_id, patient_id, id, 9, 'conditional', 'signed', specification_id,"
        " 'conditional_eligible', '{}', 'x', :signer, 1, 'plan', 'contact', 1 FROM product_lot"
    )
