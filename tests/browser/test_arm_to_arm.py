"""From arm to arm: one patient's cells, four people and more, every step through the pages of the real application."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Site
from tests.browser.hands import Pictures
from tests.browser.walk import bedside, collection, culture, dose, house, patient, product, release, testing
from tests.browser.walk.story import Walk

SECTIONS = (
    house.print_badges,
    house.write_and_approve_documents,
    house.receive_and_release_lots,
    house.register_equipment,
    house.label_places,
    patient.enrol_patient,
    patient.record_consent_and_weight,
    patient.order_treatment,
    patient.put_wristband_on,
    collection.plan_collection,
    collection.start_collection,
    collection.end_collection,
    collection.receive_collection,
    culture.open_culture,
    culture.start_culture,
    culture.seed_culture,
    culture.count_vessels,
    testing.take_sample,
    product.harvest,
    product.fill_bags,
    product.label_bags,
    testing.enter_results,
    testing.import_plate,
    testing.verify_results,
    release.release_conditionally,
    release.acknowledge,
    dose.order_dose,
    dose.confirm_dose,
    dose.issue_bag,
    dose.receive_on_the_ward,
    bedside.check,
    bedside.infuse,
    bedside.verify_ledger,
)


@pytest.mark.browser
def test_a_patients_own_cells_go_from_arm_to_arm(site: Site, screens: Path) -> None:
    walk = Walk(site, Pictures(screens))
    for section in SECTIONS:
        section(walk)
