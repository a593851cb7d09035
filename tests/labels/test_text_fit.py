"""Text is measured, fitted and never cut; what our fonts cannot print is refused by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.labels.spec import Align, Area, Text, Weight
from app.labels.drawing.fonts import Face, glyph
from app.labels.drawing.text import Run, fit

NAME = Text("recipient name", Area(10, 10, 40, 9), "HALVORSEN, Ingrid", 4.2, 3.0, Weight.BOLD, most_lines=2)


def right_end(run: Run) -> float:
    *_, (character, x_mm) = run.glyphs()
    return x_mm + glyph(run.face, character).advance * run.size_mm


def test_a_short_name_stands_at_its_full_size_on_one_line() -> None:
    (run,) = fit(NAME)
    assert (run.text, run.size_mm, run.face) == ("HALVORSEN, Ingrid", 4.2, Face.NEXT_BOLD)


def test_a_long_name_takes_two_lines_about_equally_long() -> None:
    runs = fit(replace(NAME, text="FOR AUTOLOGOUS USE ONLY"))
    assert [run.text for run in runs] == ["FOR AUTOLOGOUS", "USE ONLY"]


def test_a_double_name_may_break_after_its_hyphen() -> None:
    runs = fit(replace(NAME, text="PAPADOPOULOS-KONSTANTINIDOU"))
    assert [run.text for run in runs] == ["PAPADOPOULOS-", "KONSTANTINIDOU"]


def test_text_shrinks_no_further_than_its_least_size() -> None:
    wide = replace(NAME, text="WOLFGANGSTEIN, Maximiliane Henriette")
    assert all(3.0 <= run.size_mm < 4.2 for run in fit(wide))
    with pytest.raises(Invalid, match=r"recipient name does not fit its place at 3\.0 mm") as caught:
        fit(replace(wide, text=wide.text + " Alexandra Charlotte"))
    assert caught.value.code == "text_does_not_fit"


def test_a_text_that_fits_exactly_at_its_least_size_is_taken() -> None:
    text = Text("code", Area(0, 0, 1, 3), "BG-D7M-26-000418-M 01", 3.0, 3.0, is_identity=True)
    width_mm = sum(glyph(Face.MONO_REGULAR, one).advance for one in text.text) * 3.0
    (run,) = fit(replace(text, box=Area(0, 0, width_mm, 3)))
    assert run.size_mm == 3.0
    with pytest.raises(Invalid):
        fit(replace(text, box=Area(0, 0, width_mm - 0.01, 3)))


def test_a_text_too_high_for_its_box_is_refused() -> None:
    with pytest.raises(Invalid):
        fit(replace(NAME, box=Area(10, 10, 40, 2.0)))


@given(
    st.text(st.sampled_from("ABCDWIlg ,-éÅ"), min_size=1, max_size=60),
    st.floats(5, 60),
    st.floats(2, 20),
    st.sampled_from(Align),
    st.integers(1, 4),
    st.booleans(),
)
def test_fitted_text_keeps_every_character_and_stays_in_its_box(
    words: str, width_mm: float, height_mm: float, align: Align, lines: int, at_foot: bool
) -> None:
    box = Area(3, 4, width_mm, height_mm)
    item = replace(NAME, box=box, text=words, align=align, most_lines=lines, is_at_foot=at_foot)
    try:
        runs = fit(item)
    except Invalid:
        return
    assert "".join(run.text for run in runs).replace(" ", "") == words.replace(" ", "")
    assert len(runs) <= lines
    for run in runs:
        assert item.least_size_mm <= run.size_mm <= item.size_mm
        for character, x_mm in run.glyphs():
            ink = glyph(run.face, character)
            assert x_mm + ink.x_least * run.size_mm >= box.x_mm - 1e-4
            assert x_mm + ink.x_most * run.size_mm <= box.right_mm + 1e-4
            assert run.baseline_mm - ink.y_most * run.size_mm >= box.y_mm - 1e-4
            assert run.baseline_mm - ink.y_least * run.size_mm <= box.bottom_mm + 1e-4


@pytest.mark.parametrize(("align", "at"), [(Align.LEFT, 10.0), (Align.CENTRE, 30.0), (Align.RIGHT, 50.0)])
def test_a_line_stands_left_in_the_middle_or_right(align: Align, at: float) -> None:
    (run,) = fit(replace(NAME, text="HI", align=align))
    left, right = run.x_mm, right_end(run)
    assert {Align.LEFT: left, Align.CENTRE: (left + right) / 2, Align.RIGHT: right}[align] == pytest.approx(at)


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("MÜLLER, Jürgen", Face.NEXT_BOLD),
        ("NGUYỄN, Thị Hạnh", Face.DEJAVU_BOLD),
        ("ΠΑΠΠΑ, Μαρία", Face.DEJAVU_BOLD),
        ("ИВАНОВ, Пётр", Face.DEJAVU_BOLD),
    ],
)
def test_the_first_font_with_every_character_sets_the_whole_text(text: str, face: Face) -> None:
    assert {run.face for run in fit(replace(NAME, text=text, box=Area(0, 0, 60, 10)))} == {face}


def test_a_decomposed_name_is_composed_first() -> None:
    assert fit(replace(NAME, text="Ju\u0308rgen"))[0].text == "Jürgen"


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("李, 伟", "label_character_missing", "U+674E"),
        ("\u202eABC", "label_character_refused", "RIGHT-TO-LEFT OVERRIDE"),
        ("A\u200bB", "label_character_refused", "ZERO WIDTH SPACE"),
        ("A\tB", "label_character_refused", "U+0009"),
        ("A\nB", "label_character_refused", "U+000A"),
        ("A\x00B", "label_character_refused", "U+0000"),
        ("כהן", "label_character_refused", "HEBREW LETTER KAF"),
        ("محمد", "label_character_refused", "ARABIC LETTER MEEM"),
        ("रव", "label_character_missing", "DEVANAGARI LETTER RA"),
        ("रवि", "label_character_refused", "DEVANAGARI VOWEL SIGN I"),
        ("x\u0323\u0302", "label_character_refused", "COMBINING"),
        ("   ", "label_text_empty", "recipient name"),
        ("", "label_text_empty", "recipient name"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_name(text: str, code: str, named: str) -> None:
    with pytest.raises(Invalid, match="recipient name") as caught:
        fit(replace(NAME, text=text))
    assert caught.value.code == code
    assert named in caught.value.sentence


def test_a_code_is_set_in_the_monospaced_face_only() -> None:
    item = Text("code", Area(0, 0, 60, 4), "BG-D7M-26-000418-M 01", 3, 3, Weight.BOLD, is_identity=True)
    assert fit(item)[0].face is Face.MONO_BOLD
    with pytest.raises(Invalid, match="GREEK"):
        fit(replace(item, text="ΒG"))
