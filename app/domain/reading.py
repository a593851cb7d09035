"""How a code came into a request: by a reader, by the camera, typed, or by a program. And how many were typed.

A page tells it, so it is a statement and no proof; what is not told counts as the weaker source.
House rule: identifiers, section 2.3; labels, section 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final


class CodeSource(StrEnum):
    """How a code came. `untold`: a page without its script, which cannot tell a reader from a keyboard."""

    READER = "reader"
    CAMERA = "camera"
    TYPED = "typed"
    API = "api"
    UNTOLD = "untold"

    @property
    def word(self) -> str:
        """As people read it."""
        return _WORDS[self]


_WORDS: Final = {
    CodeSource.READER: "Reader",
    CodeSource.CAMERA: "Camera",
    CodeSource.TYPED: "Typed",
    CodeSource.API: "Sent by a program",
    CodeSource.UNTOLD: "Not told",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request says of its codes, by the names of their fields. Typed outweighs camera, camera reader.

    `otherwise` is the source of every code nothing was said of; `why` the reason of the typed ones.
    """

    otherwise: CodeSource = CodeSource.UNTOLD
    reader: frozenset[str] = frozenset()
    camera: frozenset[str] = frozenset()
    typed: frozenset[str] = frozenset()
    why: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    by_text: Mapping[str, CodeSource] = field(default_factory=dict)

    def over(self, codes: Iterable[tuple[str, str]]) -> Reading:
        """The same, knowing the codes of the request: each with the name of its field."""
        known = tuple(codes)
        weakest_last = sorted(known, key=lambda code: _WEAKNESS.index(self.of_field(code[0])))
        return replace(self, codes=known, by_text={text: self.of_field(name) for name, text in weakest_last})

    def of_field(self, name: str) -> CodeSource:
        """How the code of this field came."""
        if name in self.typed:
            return CodeSource.TYPED
        if name in self.camera:
            return CodeSource.CAMERA
        return CodeSource.READER if name in self.reader else self.otherwise

    def of(self, text: str) -> CodeSource:
        """How this very text came; where it came twice, the weaker source."""
        return self.by_text.get(text, self.otherwise)

    @property
    def typed_codes(self) -> int:
        """How many codes of the request were typed."""
        return sum(self.of_field(name) is CodeSource.TYPED for name, _ in self.codes)


_WEAKNESS: Final = (CodeSource.READER, CodeSource.CAMERA, CodeSource.API, CodeSource.UNTOLD, CodeSource.TYPED)


@dataclass(frozen=True, slots=True)
class TypedShare:
    """So many of so many codes were typed."""

    typed: int
    codes: int

    @property
    def sentence(self) -> str:
        """`typed 3 of 412 scans`."""
        return f"typed {self.typed:,} of {self.codes:,} scans"

    def is_above(self, percent: int) -> bool:
        """Whether more were typed than the site allows."""
        return self.typed * 100 > percent * self.codes
