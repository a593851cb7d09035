"""Values are written so that they cannot be misread. Examples: interface design, section 7."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from app.web import formats

NOW = datetime(2026, 11, 23, 14, 6, tzinfo=UTC)
LONDON = "Europe/London"
decimals = st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=4)


def plain(text: str) -> str:
    """With ordinary blanks, as a person reads it."""
    return str(text).replace(formats.NBSP, " ")


def test_a_date_has_two_digits_a_month_in_letters_and_a_whole_year() -> None:
    assert plain(formats.date_text(date(2026, 3, 7))) == "07 Mar 2026"
    assert " " not in formats.date_text(date(2026, 3, 7))
    assert plain(formats.long_date(date(2026, 11, 23))) == "Monday 23 Nov 2026"
    assert plain(formats.short_day(date(2026, 12, 7))) == "7 Dec"


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        pytest.param(datetime(2026, 11, 23, 0, 30, tzinfo=UTC), LONDON, "00:30", id="same day"),
        pytest.param(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), LONDON, "22 Nov 2026 23:30", id="the evening before"),
        pytest.param(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "Europe/Berlin", "00:30", id="today in Berlin"),
        pytest.param(datetime(2026, 7, 1, 12, 0, tzinfo=UTC), LONDON, "01 Jul 2026 13:00", id="summer time"),
    ],
)
@pytest.mark.requirement("REQ-136")
def test_a_time_is_the_sites_and_carries_its_date_unless_today(at: datetime, zone: str, shown: str) -> None:
    assert plain(formats.moment(at, zone, NOW)) == shown


def test_a_code_in_a_sentence_stays_in_one_piece_and_the_sentence_escaped() -> None:
    sentence = escape("I release <b> lot PD-D7M-26-000089-3.")
    shown = '&lt;b&gt; lot <span class="mono">PD-D7M-26-000089-3</span>.'
    assert formats.with_codes(sentence).endswith(shown)


@pytest.mark.parametrize(
    ("opens", "closes", "shown"),
    [
        pytest.param((23, 9), (23, 11), "09:00 to 11:00", id="today"),
        pytest.param((24, 9), (24, 11), "24 Nov 2026 09:00 to 11:00", id="another day"),
        pytest.param((22, 9), (23, 9), "22 Nov 2026 09:00 to 23 Nov 2026 09:00", id="two days"),
    ],
)
def test_a_window_over_two_days_names_both(opens: tuple[int, int], closes: tuple[int, int], shown: str) -> None:
    first, last = (datetime(2026, 11, day, hour, tzinfo=UTC) for day, hour in (opens, closes))
    assert plain(formats.window(first, last, LONDON, NOW)) == shown


def test_seconds_stand_in_records_only() -> None:
    at = datetime(2026, 11, 23, 14, 6, 12, tzinfo=UTC)
    assert plain(formats.record_time(at, LONDON)) == "23 Nov 2026 14:06:12"
    assert formats.time_of(at, LONDON) == "14:06"
    assert formats.field_time(at, LONDON) == "2026-11-23 14:06"


@pytest.mark.requirement("REQ-136")
def test_a_time_without_a_zone_is_never_shown() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        formats.time_of(datetime(2026, 11, 23, 14, 6), LONDON)  # noqa: DTZ001  the naive time is the point


@pytest.mark.parametrize(
    ("away", "shown"),
    [
        (timedelta(minutes=18), "in 18 min"),
        (timedelta(minutes=-27), "27 min late"),
        (timedelta(hours=1, minutes=8), "in 1 h 08"),
        (timedelta(minutes=59, seconds=59), "in 59 min"),
        (timedelta(minutes=60), "in 1 h 00"),
        (timedelta(hours=23, minutes=59), "in 23 h 59"),
        (timedelta(hours=24), "in 1 day"),
        (timedelta(days=-3), "3 days late"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=-59), "now"),
    ],
)
def test_a_relative_time_says_how_far_and_which_way(away: timedelta, shown: str) -> None:
    assert plain(formats.relative(NOW + away, NOW)) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(101, "1 min 41 s"), (41, "41 s"), (0, "0 s"), (-5, "0 s")])
def test_a_count_down_never_falls_below_zero(seconds: int, shown: str) -> None:
    assert plain(formats.count_down(seconds)) == shown


@pytest.mark.parametrize(
    ("today", "age"),
    [(date(2026, 3, 13), "74y"), (date(2026, 3, 14), "75y"), (date(2026, 3, 15), "75y")],
    ids=["day before the birthday", "birthday", "day after"],
)
def test_the_age_stands_behind_the_birth_date(today: date, age: str) -> None:
    assert plain(formats.born(date(1951, 3, 14), today)) == f"14 Mar 1951 ({age})"


def test_born_on_a_leap_day_ages_on_the_first_of_march() -> None:
    assert formats.age_years(date(2000, 2, 29), date(2023, 2, 28)) == 22
    assert formats.age_years(date(2000, 2, 29), date(2023, 3, 1)) == 23


def test_what_is_not_known_is_written_out() -> None:
    assert formats.born(None, date(2026, 1, 1)) == "Not known"
    assert formats.patient_name("Halvorsen", "", "") == "HALVORSEN, Not known"
    assert formats.pending(None) == "pending"


def test_the_family_name_of_a_patient_is_in_capitals() -> None:
    assert formats.patient_name("Halvorsen", "Ingrid", "Ms") == "HALVORSEN, Ingrid (Ms)"
    assert formats.patient_name("Halvorsen", "Ingrid") == "HALVORSEN, Ingrid"


@pytest.mark.parametrize(
    ("full", "short"), [("Rosa Adeyemi", "R. Adeyemi"), ("Dr Maria Osei", "Dr M. Osei"), ("Cher", "Cher")]
)
def test_a_colleague_may_be_shortened(full: str, short: str) -> None:
    assert plain(formats.short_person(full)) == short


@pytest.mark.parametrize(
    ("number", "shown"), [("44170926", "4417 0926"), ("4417092", "4417 092"), ("A-4417", "A-4417"), ("", "")]
)
def test_a_hospital_number_is_grouped(number: str, shown: str) -> None:
    assert plain(formats.hospital_number(number)) == shown


def test_a_code_is_whole_and_escaped() -> None:
    assert formats.code("BG-D7M-26-000472-A") == Markup('<span class="mono">BG-D7M-26-000472-A</span>')
    assert "<script>" not in formats.code("<script>")
    assert "a91f 4c02 7be3" in formats.short_hash("a91f4c027be3" + "0" * 52)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (20_800_000_000, "2.08 × 10<sup>10</sup> cells"),
        (54_000_000_000, "5.40 × 10<sup>10</sup> cells"),
        (9_996_000_000, "1.00 × 10<sup>10</sup> cells"),
        (9_994_000_000, "9.99 × 10<sup>9</sup> cells"),
        (9_999, "9,999 cells"),
        (10_000, "1.00 × 10<sup>4</sup> cells"),
        (0, "0 cells"),
    ],
)
def test_cells_carry_three_digits_and_a_real_superscript(number: int, shown: str) -> None:
    assert plain(formats.cells(number)) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (20_800_000_000, "20.8 billion cells"),
        (1_600_000_000, "1.6 billion cells"),
        (200_000_000_000, "200 billion cells"),
        (1_234_000_000_000, "1,234 billion cells"),
        (54_321, "54.3 thousand cells"),
        (999, "999 cells"),
    ],
)
def test_cells_are_said_in_words_where_somebody_confirms(number: int, shown: str) -> None:
    assert plain(formats.cells_in_words(number)) == shown


def test_a_concentration_keeps_its_exponent() -> None:
    assert plain(formats.concentration(1_580_000)) == "1.58 × 10<sup>6</sup>/mL"
    assert plain(formats.concentration(158_000)) == "0.16 × 10<sup>6</sup>/mL"
    assert plain(formats.power_unit(6, "/mL")) == "× 10<sup>6</sup>/mL"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("2.0"), "2 mL"),
        (Decimal(".5"), "0.5 mL"),
        (Decimal(1500), "1,500 mL"),
        (Decimal(999), "999 mL"),
        (Decimal("1010.50"), "1,010.5 mL"),
        (Decimal("1E+3"), "1,000 mL"),
        (0, "0 mL"),
    ],
)
def test_a_dose_has_a_leading_and_no_trailing_zero(value: Decimal, shown: str) -> None:
    assert plain(formats.dose(value, "mL")) == shown


def test_il2_is_never_a_bare_u() -> None:
    assert plain(formats.il2(Decimal(1500), "Cetus units/mL", "9,000 IU/mL")) == "1,500 Cetus units/mL (9,000 IU/mL)"
    assert plain(formats.il2(Decimal(1500), "IU/mL")) == "1,500 IU/mL"


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        ("69.96", "70", "69.96"),
        ("69.94", "70", "69.9"),
        ("70", "70", "70.0"),
        ("70.04", "70", "70.04"),
        ("5", None, "5.0"),
    ],
    ids=["just below", "below", "at the limit", "just above", "no limit"],
)
def test_a_value_is_not_rounded_across_its_limit(value: str, limit: str | None, shown: str) -> None:
    limits = () if limit is None else (Decimal(limit),)
    assert formats.percent(Decimal(value), 1, *limits) == f"{shown}%"


@given(value=decimals, limit=decimals, places=st.integers(0, 3))
def test_rounding_keeps_the_side_of_every_limit(value: Decimal, limit: Decimal, places: int) -> None:
    shown = formats.rounded(value, places, limit)
    assert (shown < limit, shown == limit) == (value < limit, value == limit)
    assert abs(shown - value) <= Decimal("0.5").scaleb(-places)


@given(st.integers(0, 10**13))
def test_cells_are_within_half_a_unit_of_the_last_digit(number: int) -> None:
    digits, _, power = plain(formats.cells(number)).removesuffix(" cells").partition(" × 10<sup>")
    value = Decimal(digits.replace(",", "")) * Decimal(10) ** int(power.removesuffix("</sup>") or 0)
    assert abs(value - number) <= Decimal(number) * Decimal("0.005")


def test_a_measurement_keeps_its_own_decimals() -> None:
    assert plain(formats.measurement(Decimal(68), "kg", 1)) == "68.0 kg"
    assert plain(formats.measurement(Decimal("69.96"), "kg", 1, Decimal(70))) == "69.96 kg"


def test_limits_and_censored_values_are_words() -> None:
    assert formats.limit("70", None, "%") == "at least 70%"
    assert formats.limit(None, "5") == "5 or less"
    assert formats.limit("1.0", "5.0") == "1.0 to 5.0"
    assert formats.less_than("0.42") == "less than 0.42"
    assert formats.at_least("800") == "at least 800"
    assert plain(formats.pending(date(2026, 12, 7))) == "pending, due 7 Dec"


@pytest.mark.parametrize(("number", "shown"), [(0, "0 bags"), (1, "1 bag"), (3, "3 bags"), (1200, "1,200 bags")])
def test_things_are_counted_in_words(number: int, shown: str) -> None:
    assert plain(formats.count(number, "bag", "bags")) == shown
