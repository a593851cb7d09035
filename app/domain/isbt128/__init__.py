"""ISBT 128 as an adapter: reads and prints its structures where a licensed facility switched it on.

It knows layouts, dates and check characters only. It ships no facility list, no product or test code, no text of
the standard: what a code means comes from tables the facility enters. House rule: identifiers, section 5.
"""

from app.domain.isbt128.donation import FlagKind
from app.domain.isbt128.elements import IsbtElement, Value
from app.domain.isbt128.printing import compose, compose_message, text_with_check
from app.domain.isbt128.reading import IsbtMessage, read, read_typed, together
from app.domain.isbt128.settings import AdapterSettings, is_facility_number, is_validation_facility, local_flags
from app.domain.isbt128.use import element_of, lacks_companion, named, no_bag, not_for_demo, numbers_of

__all__ = [
    "AdapterSettings",
    "FlagKind",
    "IsbtElement",
    "IsbtMessage",
    "Value",
    "compose",
    "compose_message",
    "element_of",
    "is_facility_number",
    "is_validation_facility",
    "lacks_companion",
    "local_flags",
    "named",
    "no_bag",
    "not_for_demo",
    "numbers_of",
    "read",
    "read_typed",
    "text_with_check",
    "together",
]
