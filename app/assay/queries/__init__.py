"""What is read about samples, tests and plates."""

from app.assay.queries.evidence import lot_evidence
from app.assay.queries.runs import actors_of_run, run_record, runs_of_culture, runs_of_sample, sample_of

__all__ = ["actors_of_run", "lot_evidence", "run_record", "runs_of_culture", "runs_of_sample", "sample_of"]
