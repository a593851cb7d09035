"""What labels of every kind are put together from. Not a label by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.domain.errors import Invalid
from app.domain.identifiers import display, with_print_number
from app.domain.labels.spec import LEAST_TEXT_MM, Align, Area, Text, Weight

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class Print:
    """One print of the label of one object, and where it is made."""

    code: str
    print_number: int
    site_name: str
    is_demo: bool

    @property
    def site(self) -> str:
        """The three characters of the site."""
        return self.code[2:5]

    @property
    def text(self) -> str:
        """The code as people read it, with the print number."""
        return display(with_print_number(self.code, self.print_number))


@dataclass(frozen=True, slots=True)
class Recipient:
    """The patient the cells come from and go back to; `name` as screens show it, `HALVORSEN, Ingrid`."""

    name: str
    born_on: date
    hospital_number: str

    @property
    def words(self) -> Mapping[str, str]:
        """The words of the patient's fields."""
        return {
            "recipient name": self.name,
            "birth date": shown_date(self.born_on),
            "hospital number": self.hospital_number,
        }


def shown_date(day: date) -> str:
    """`14 MAR 1951`: the month in letters, whatever the language of the machine."""
    return f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year}"


def shown_moment(at: datetime) -> str:
    """`23 NOV 2026 16:30`, in the zone the time is given in."""
    return f"{shown_date(at)} {at.hour:02d}:{at.minute:02d}"


def shown_zone(at: datetime) -> str:
    """`EST`, or `UTC+03:00` where the zone has no name. Refuses a time without a zone."""
    zone = at.tzname()
    if zone is None:
        raise Invalid("time_without_zone", "A time on a label needs its zone. Give the time with its zone.")
    return zone


def one_line(
    name: str,
    box: Area,
    text: str,
    *,
    align: Align = Align.LEFT,
    weight: Weight = Weight.REGULAR,
    least_mm: float = LEAST_TEXT_MM,
) -> Text:
    """One line as large as its box is high, or smaller where its words are many."""
    return Text(name, box, text, max(least_mm, box.height_mm), least_mm, weight, align)
