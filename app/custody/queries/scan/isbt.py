"""What a code of ISBT 128 belongs to here. It finds a thing on file; it never stands for our own code at a step."""

from __future__ import annotations

from sqlalchemy import Connection

from app.collection.queries.numbers import number_on_file
from app.domain.errors import Invalid, Mismatch, NearMiss, NotFound
from app.domain.isbt128 import IsbtElement, IsbtMessage, lacks_companion, named, not_for_demo, numbers_of
from app.domain.scan import OwnCode, ScanSettings, parse
from app.domain.scan_refusal import ScanCategory, refused


def belongs_to(db: Connection, code: IsbtElement | IsbtMessage, settings: ScanSettings, step: str) -> OwnCode:
    """Our own code of the collection or course a scan names, or the refusal that nothing is on file under it.

    A scan that names two of them must name two of one course: then the collection is the answer.
    """
    assert settings.isbt128 is not None, "no ISBT 128 code is read while the adapter is off"
    foreign = not_for_demo(code, settings.isbt128)
    if foreign is not None:
        raise Mismatch("not_validation_fin", foreign, field="scanned", near_miss=NearMiss("not_validation_fin", step))
    if lacks_companion(code):
        refusal = refused(ScanCategory.MISSING_COMPANION)
        near_miss = NearMiss(refusal.category.value, step)
        raise Invalid(refusal.category.value, refusal.sentence, field="scanned", near_miss=near_miss)
    found = [number_on_file(db, number) for _, number in sorted(numbers_of(code).items())]
    known = [each for each in found if each is not None]
    if not known or len(known) < len(found):
        raise _unknown(code, step)
    if len({each.course_code for each in known}) > 1:
        sentence = f"{named(code)}, and the chain of identity beside it, belong to two patients. Stop. Ask QA."
        near_miss = NearMiss("wrong_patient", step, known[0].course_code)
        raise Mismatch("wrong_patient", sentence, field="scanned", near_miss=near_miss)
    own = parse(known[0].code)
    assert isinstance(own, OwnCode), "codes on file are our own"
    return own


def _unknown(code: IsbtElement | IsbtMessage, step: str) -> NotFound:
    what = "is on file" if numbers_of(code) else "can be: it names no single thing"
    return NotFound(
        "not_on_file",
        f"{named(code)}: nothing {what} under it here. Scan the square code of our own label.",
        field="scanned",
        near_miss=NearMiss("not_on_file", step),
    )
