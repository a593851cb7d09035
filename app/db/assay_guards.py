"""The guards of test runs, results and plates: who may judge them, and what a final reading needs. Not other tables."""

from __future__ import annotations

from typing import Final

from app.db.guard import Guard

_IS_APPROVED: Final = "NEW.state = 'approved' AND OLD.state <> 'approved'"

ASSAY_GUARDS: Final = (
    Guard(
        "result_missing",
        "test_run",
        "UPDATE",
        "EXISTS (SELECT 1 FROM test_result t WHERE t.test_run_id = NEW.id)",
        when="NEW.state = 'entered' AND OLD.state <> 'entered'",
    ),
    Guard(
        "wells_not_explained",
        "test_run",
        "UPDATE",
        "NOT EXISTS (SELECT 1 FROM plate p JOIN plate_result r ON r.plate_id = p.id WHERE p.test_run_id = NEW.id"
        " AND r.wells_to_explain > 0"
        " AND NOT EXISTS (SELECT 1 FROM plate_result n WHERE n.plate_id = p.id AND n.version > r.version))",
        when="NEW.state IN ('verified', 'approved') AND NEW.state <> OLD.state",
    ),
    Guard(
        "verifier_judged_wells",
        "test_run",
        "UPDATE",
        "NOT EXISTS (SELECT 1 FROM plate p JOIN well_judged j ON j.plate_id = p.id WHERE p.test_run_id = NEW.id"
        " AND j.judged_by_id = NEW.verified_by_id)",
        when="NEW.state = 'verified' AND OLD.state <> 'verified'",
    ),
    Guard(
        "approver_took_part",
        "test_run",
        "UPDATE",
        "NEW.approved_by_id <> NEW.requested_by_id AND NEW.approved_by_id <> NEW.started_by_id"
        " AND NOT EXISTS (SELECT 1 FROM sample s WHERE s.id = NEW.sample_id AND s.taken_by_id = NEW.approved_by_id)"
        " AND NOT EXISTS (SELECT 1 FROM test_result t WHERE t.test_run_id IN (NEW.id, NEW.repeats_id)"
        " AND t.entered_by_id = NEW.approved_by_id)"
        " AND NOT EXISTS (SELECT 1 FROM interim_finding i WHERE i.test_run_id IN (NEW.id, NEW.repeats_id)"
        " AND i.entered_by_id = NEW.approved_by_id)"
        " AND NOT EXISTS (SELECT 1 FROM plate p JOIN well_judged j ON j.plate_id = p.id"
        " WHERE p.test_run_id IN (NEW.id, NEW.repeats_id) AND j.judged_by_id = NEW.approved_by_id)",
        when=_IS_APPROVED,
    ),
    Guard(
        "approval_not_signed",
        "test_run",
        "UPDATE",
        "EXISTS (SELECT 1 FROM signature g JOIN sample s ON s.id = NEW.sample_id WHERE g.id = NEW.approval_signature_id"
        " AND g.user_id = NEW.approved_by_id AND g.meaning = 'approved'"
        " AND g.record_of = 'test_run:' || s.code || '/' || NEW.number)",
        when=_IS_APPROVED,
    ),
    Guard(
        "run_people_stay",
        "test_run",
        "UPDATE",
        "(OLD.entered_by_id IS NULL OR NEW.entered_by_id = OLD.entered_by_id)"
        " AND (OLD.verified_by_id IS NULL OR NEW.verified_by_id = OLD.verified_by_id)"
        " AND (OLD.approved_by_id IS NULL OR NEW.approved_by_id = OLD.approved_by_id)",
    ),
    Guard(
        "run_is_closed",
        "test_result",
        "INSERT",
        "EXISTS (SELECT 1 FROM test_run r WHERE r.id = NEW.test_run_id AND r.state IN ('running', 'entered'))",
    ),
    Guard(
        "run_is_closed",
        "interim_finding",
        "INSERT",
        "EXISTS (SELECT 1 FROM test_run r WHERE r.id = NEW.test_run_id AND r.state = 'running')",
    ),
    Guard(
        "run_is_closed",
        "plate_result",
        "INSERT",
        "EXISTS (SELECT 1 FROM test_run r JOIN plate p ON p.test_run_id = r.id WHERE p.id = NEW.plate_id"
        " AND r.state IN ('running', 'entered'))",
    ),
    Guard(
        "no_growth_too_early",
        "test_result",
        "INSERT",
        "EXISTS (SELECT 1 FROM test_run r WHERE r.id = NEW.test_run_id"
        " AND (r.kind <> 'sterility' OR r.due_at <= NEW.measured_at))"
        " AND NOT EXISTS (SELECT 1 FROM interim_finding i WHERE i.test_run_id = NEW.test_run_id"
        " AND i.finding = 'growth')",
        when="NEW.finding = 'no_growth'",
    ),
)
