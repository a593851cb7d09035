"""Files that people download: the labels of a job, once, and the test label of a printer."""

from __future__ import annotations

from typing import Final

from fastapi.responses import Response

from app.domain.errors import WrongState
from app.domain.states import JobState, LabelState
from app.domain.vocabulary import Transport
from app.printing import commands
from app.printing.queries.printers import test_label_bytes
from app.printing.schemas import JobNamed
from app.printing.sending.paper import job_paper, proven
from app.web.door import Door

_TYPES: Final = {"pdf": "application/pdf", "zpl": "application/octet-stream"}


def handed_out(door: Door, asked: JobNamed) -> Response | None:
    """The labels of a job, on the one request that sends them; None when they were refused."""
    done = door.write(commands.hand_out_job, asked)
    if done.is_replay:
        raise WrongState(
            "handed_out_already",
            f"Print job {asked.job} was handed out already. Scan its labels back, or spoil them and ask for a reprint.",
        )
    if done.fact.state is JobState.REFUSED:
        return None
    with door.reading() as db:
        paper = job_paper(db, asked.job, LabelState.SENT)
    form = "pdf" if paper.transport is Transport.DOWNLOAD_PDF else "zpl"
    return _file(proven(paper).content, f"print-job-{asked.job}", form)


def test_label_file(door: Door, code: str, form: str) -> Response:
    """The test label of a printer, as `pdf` or `zpl`."""
    with door.reading() as db:
        content = test_label_bytes(db, code, form)
    return _file(content, f"test-{code}", form)


def _file(content: bytes, name: str, form: str) -> Response:
    kept = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(content, media_type=_TYPES[form], headers=kept)
