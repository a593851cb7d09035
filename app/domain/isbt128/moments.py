"""The dates of the standard and their ISO form. Years 2000 to 2099; a moment that does not exist is None."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.domain.isbt128.structures import Form


def iso(digits: str, form: Form) -> str | None:
    """What the digits say: a day as `2026-11-24`, a moment as `2026-11-24T14:30`."""
    if form in (Form.CALENDAR_DAY, Form.CALENDAR_MOMENT):
        return _calendar(digits[:8], digits[8:])
    if digits[0] != "0":
        return None
    year, day = 2000 + int(digits[1:3]), int(digits[3:6])
    at = date(year, 1, 1) + timedelta(days=day - 1)
    if at.year != year:
        return None
    return _with_time(f"{at:%Y-%m-%d}", "2359" if form is Form.EXPIRY_DAY else digits[6:])


def digits(iso_text: str, form: Form) -> str:
    """The digits of an ISO day or moment: the way back. ValueError where it is none."""
    at = datetime.fromisoformat(iso_text.removesuffix("Z"))
    if form is Form.CALENDAR_DAY:
        return f"{at:%Y%m%d}"
    if form is Form.CALENDAR_MOMENT:
        return f"{at:%Y%m%d%H%M}"
    return f"0{at:%y%j}" + (f"{at:%H%M}" if form is Form.MOMENT else "")


def _calendar(day: str, time: str) -> str | None:
    if not day.startswith("20"):
        return None
    try:
        at = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return None
    return _with_time(f"{at:%Y-%m-%d}", time)


def _with_time(day: str, time: str) -> str | None:
    if not time:
        return day
    hour, minute = int(time[:2]), int(time[2:])
    return f"{day}T{hour:02d}:{minute:02d}" if hour <= 23 and minute <= 59 else None
