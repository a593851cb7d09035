"""The preview of a label: the newest copy as it was frozen, or as it would be printed now, above millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.labels.spec import LabelSpec
from app.domain.scan import OwnCode
from app.domain.states import LabelState
from app.labels.content import THINGS, LabelContent, Labelled, content_to_print
from app.labels.press import picture_of
from app.web.drawing import join, tag

Copies = Sequence[Row[*tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Preview:
    """The picture above its millimetres, or the `problem`; the label rules asked, and what goes with the product."""

    picture: Markup
    ruler: Markup
    problem: str
    rules_version: int = 0
    goes_with: tuple[str, ...] = ()


def preview_of(db: Connection, code: OwnCode, copies: Copies) -> Preview:
    """The newest copy not refused, as it was frozen, or the label as it would be printed now; or why there is none."""
    try:
        content = _content(db, code, copies)
        spec = content.spec()
        picture = picture_of(spec)
    except Refusal as refusal:
        return Preview(Markup(""), Markup(""), refusal.sentence)
    required = content.required
    if required is None:
        return Preview(picture, _ruler(spec), "")
    missing = required.missing(spec.shown)
    problem = f"It would be refused: the label lacks {'; '.join(missing)}." if missing else ""
    return Preview(picture, _ruler(spec), problem, required.rules_version, required.going_with(spec.shown))


def _content(db: Connection, code: OwnCode, copies: Copies) -> LabelContent:
    left = [row for row in copies if row.state is not LabelState.REFUSED]
    if left:
        return LabelContent.model_validate_json(left[-1].content)
    thing, model = THINGS[code.kind]
    with Session(bind=db) as session:
        row = session.execute(select(model).where(model.__table__.c.code == code.code)).scalar_one()
        assert isinstance(row, Labelled), "a row of one of the models of THINGS"
        return content_to_print(session, thing, row, len(copies) + 1)


def _ruler(spec: LabelSpec) -> Markup:
    """Millimetres below the preview, so that a print at another scale is seen at once."""
    width = int(spec.width_mm)
    ticks = (
        tag("line", x1=x, x2=x, y1=0, y2=2 if x % 50 == 0 else 1, stroke="black", stroke_width=0.2)
        for x in range(0, width + 1, 10)
    )
    words = tag("text", f"{width} mm", x=width, y=5, text_anchor="end", font_size=3, fill="black")
    box = f"0 0 {width} 6"
    return tag("svg", join((*ticks, words)), viewBox=box, width=f"{width}mm", height="6mm", aria_hidden="true")
