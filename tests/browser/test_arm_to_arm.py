"""From arm to arm: one patient's cells, four people and more, every step through the pages of the real application."""

from __future__ import annotations

from tests.browser.walk import patient

SECTIONS = (
    patient.enrol_patient,
    patient.record_consent_and_weight,
    patient.order_treatment,
    patient.put_wristband_on,
)
