"""What the walk carries from one section to the next: who stands where, and what the printed labels read as."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from tests.browser.conftest import Site
from tests.browser.hands import Hands, Pictures
from tests.browser.paper import symbols
from tests.people import CHLOE, NIA, QUENTIN, QUINN, SAM, TARA, THEO, Person

STATIONS = {
    TARA: "Bench 1",
    THEO: "Bench 2",
    SAM: "Bench 2",
    QUINN: "QA desk",
    QUENTIN: "QA desk",
    CHLOE: "Bed 7",
    NIA: "Bed 4",
}


@dataclass
class Walk:
    """One walk from arm to arm. `read` holds what was decoded from paper, by the name of the thing."""

    site: Site
    pictures: Pictures
    read: dict[str, str] = field(default_factory=dict)
    people: dict[Person, Hands] = field(default_factory=dict)

    def at(self, who: Person) -> Hands:
        """This person at their device, awake."""
        hands = self.people.get(who)
        if hands is None:
            hands = self.people[who] = Hands(self.site, who, STATIONS.get(who), self.pictures, self.read)
        else:
            hands.wake()
        return hands

    def scan(self, who: Person, thing: str) -> Hands:
        """This person scans a thing on Today and has its card."""
        hands = self.at(who)
        hands.tap("Today")
        hands.scan(self.read[thing])
        return hands

    def keep(self, thing: str, paper: bytes) -> None:
        """Keep what was printed, and what the square symbol on it reads as."""
        (self.pictures.folder / f"{thing}.pdf").write_bytes(paper)
        self.read[thing] = symbols(paper)["square"]

    @property
    def today(self) -> date:
        """The date in the laboratory."""
        return self.site.world.clock.time.date()
