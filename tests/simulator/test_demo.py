"""The demo laboratory: made by real commands, synthetic, with secrets of its own, and a ledger that holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.ledger.verify import verify
from app.settings import Settings
from app.simulator.demo import enrolment_codes, found_demo, sign_ins

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.requirement("REQ-123")
@pytest.mark.requirement("REQ-138")
def test_it_walks_three_patients_up_to_now_and_its_ledger_verifies(tmp_path: Path) -> None:
    lab = found_demo(Settings(data_dir=tmp_path), NOW)
    assert lab.clock.time < NOW
    assert lab.rows("SELECT is_demo FROM site") == [(1,)]
    assert len(lab.rows("SELECT 1 FROM patient")) == 3
    assert {row[0] for row in lab.rows("SELECT state FROM product_lot")} == {"conditional", "quarantine"}
    assert {row[0] for row in lab.rows("SELECT state FROM culture")} >= {"incubating", "formulated"}
    shown = sign_ins(lab)
    assert len({one.password for one in shown}) == len(shown) >= 6
    assert set(enrolment_codes(lab, ("Bed 4",))) == {"Bed 4"}
    with lab.database.reading() as db:
        assert verify(db, lab.keyring).finding is None
    lab.database.dispose()
