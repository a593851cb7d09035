"""Every screen of the laboratory and who reaches it, found by following links as people follow them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from starlette.testclient import TestClient

from app.custody.commands import return_bag
from app.domain.vocabulary import ReleaseKind, Sex, TestKind, Transport
from app.label_rules import commands as rules
from app.label_rules.schemas import DraftLabelRules
from app.printing import commands as printing
from app.recipes import commands as recipes
from app.recipes.schemas import CopyRecipe
from app.release.commands import decide_release
from app.simulator.line.assay import register, sampled
from app.simulator.line.assay import running as test_running
from app.simulator.line.collection import accepted_collection, finished_collection, planned_collection
from app.simulator.line.culture import Shelf, count, counted_culture, fill, harvest, seeded_culture, shelf, vessel_codes
from app.simulator.line.custody import return_request
from app.simulator.line.deviations import placed_hold, raised_deviation
from app.simulator.line.infusion import BED, Ward, banded, brought, confirmed, matched, started
from app.simulator.line.patients import INGRID, JAMES, MARTA, Someone, consent, enrol, ordered_patient, weigh
from app.simulator.line.release import (
    DESK,
    Product,
    decide_request,
    finished_lot,
    quarantined_lot,
    release_conditionally,
    review,
)
from tests.label_rules.test_approval import statement
from tests.people import ADA, CHLOE, NIA, QUENTIN, QUINN, SAM, TARA, Person
from tests.printing.house import BAND_MM, download, named, network_printer, of_group, of_thing, scan, sent
from tests.printing.sink import nobody_listens
from tests.web.routes import Address, addresses
from tests.world import World

LEONARD = Someone(
    "Castellane", "Leonard", "Mr", date(1949, 11, 2), Sex.MALE, "44215530", "melanoma, synthetic", Decimal("77.0")
)
AGNES = replace(
    LEONARD, family_name="Brightwater", given_name="Agnes", title="Ms", sex=Sex.FEMALE, hospital_number="44215531"
)
ROSA = replace(AGNES, family_name="Quillfeather", given_name="Rosa", hospital_number="44215532")
HUGO = replace(LEONARD, family_name="Mortensen", given_name="Hugo", hospital_number="44215533")
NORA = replace(AGNES, family_name="Underhill", given_name="Nora", hospital_number="44215534")
PAUL = replace(LEONARD, family_name="Feathersham", given_name="Paul", hospital_number="44215535")
UNFINISHED = (TestKind.STERILITY, TestKind.MYCOPLASMA, TestKind.CYTOTOXICITY_51CR)
WATCHERS: tuple[tuple[Person, str | None], ...] = (
    (TARA, "Bench 1"),
    (QUINN, "QA desk"),
    (NIA, "Bed 4"),
    (CHLOE, "Bed 7"),
    (SAM, "Bench 2"),
    (QUENTIN, "QA desk"),
    (ADA, None),
)
FRONT_DOORS = frozenset({"/sign-in", "/welcome", "/enrol", "/first-run"})
"""Pages for people who have not signed in."""

NO_SCREENS = FRONT_DOORS | frozenset(
    {"/health", "/ready", "/commands/{key}", "/today/board", "/seeding/amounts", "/batches/{code}/log/total"}
)
"""Addresses a page asks for a part of itself, and the machine's own."""

MOST_ALIKE = 9
"""So many screens of one kind one person opens, in search of links to other kinds."""

_LINK = re.compile(r'(?:href|action)="(/[^"#]*)"')
_PLACE = re.compile(r"\{[^}]+\}")
_NAMED = re.compile(
    r"[A-Z]{2}[A-Z0-9]{3}\d{8}[0-9A-Z]|\d+|(?<=roles/)\w+|(?<=authorities/)\w+|(?<=/edit/)\w+|LS-\d\d|(?<=/elements/)\w+"
)
_PAPER = (".pdf", ".zpl", ".svg", ".csv", ".txt", ".json", ".bin")


@dataclass(frozen=True)
class Screen:
    """A page as one person reaches it."""

    who: Person
    station: str | None
    path: str

    @property
    def kind(self) -> str:
        """The address without whose it is: one screen of each kind is looked at."""
        return _NAMED.sub("*", self.path.partition("?")[0])

    @property
    def name(self) -> str:
        """What its picture is called."""
        return self.kind.strip("/").replace("/", " ").replace("*", "n") or "today"

    def __str__(self) -> str:
        return f"{self.path} as {self.who.name}"


@dataclass(frozen=True)
class FullHouse:
    """Patients at all places of the line.

    `entrances` are screens to which a scan leads and no link, and some that only few of many rows lead to.
    `band` waits for its bag; `strange` is a bag of somebody else.
    """

    entrances: tuple[str, ...]
    band: int
    strange: str


def full_house(world: World) -> FullHouse:
    """Walk there by the real commands."""
    at = shelf(world)
    growing = counted_culture(world, at, JAMES)
    waiting = quarantined_lot(world, at, INGRID, pending=UNFINISHED)
    unanswered = quarantined_lot(world, at, HUGO)
    review(world, unanswered.lot)
    decision = decide_request(world, unanswered.lot, ReleaseKind.CONDITIONAL)
    world.act(QUINN, decide_release, decision, station=DESK)
    available, treated = _released_together(world, at, AGNES, MARTA)
    back = available.bags[1]
    brought(world, back)
    world.act(NIA, return_bag, return_request(world, back), station=BED)
    nora = enrol(world, NORA)
    weigh(world, nora.course_code)
    consent(world, nora.course_code)
    accepted_collection(world, ordered_patient(world, PAUL), at.apheresis)
    planned_collection(world, ordered_patient(world, LEONARD))
    finished_collection(world, ordered_patient(world, ROSA), at.apheresis)
    raised_deviation(world, growing.culture)
    world.act(SAM, recipes.copy_recipe, CopyRecipe(name="LAK-BAG"))
    draft = world.act(
        SAM, rules.draft_label_rules, DraftLabelRules(why="The words were read beside their source")
    ).version
    world.act(SAM, rules.change_statement, statement(draft, switch="off"))
    placed_hold(world, waiting.lot)
    running, next_one = (Ward(treated.batch.patient, (bag,)) for bag in treated.bags)
    for ward in (running, next_one):
        brought(world, ward.bag)
    started(world, running)
    check, band = matched(world, next_one), banded(world, next_one)
    plate = test_running(world, sampled(world, growing.culture), TestKind.CYTOTOXICITY_51CR)
    jobs = _printed(world, growing.culture, nora.wristband_code)
    bedside = (f"/infusions/{running.bag}", f"/bedside/checks/{check}", f"/bedside/wristbands/{band}")
    others = (f"/bags/{back}/restock", f"/samples/{plate.sample}/tests/{plate.number}")
    return FullHouse((*bedside, *others, *jobs), band, f"{waiting.bags[0]}01")


def _printed(world: World, culture: str, band: str) -> tuple[str, ...]:
    """Jobs at two places: one downloaded and begun to be scanned back, one that found no printer."""
    sent_job = of_group(world, culture, download(world, Transport.DOWNLOAD_ZPL)).job
    world.act(TARA, printing.hand_out_job, named(world, sent_job))
    for code in vessel_codes(world, culture)[:4]:
        scan(world, sent_job, code)
    broken = of_thing(world, band, network_printer(world, nobody_listens(), BAND_MM, "Bands")).job
    sent(world, broken)
    return (f"/print-jobs/{broken}",)


def _released_together(world: World, at: Shelf, *patients: Someone) -> list[Product]:
    """Lots of the same hours, so that the bags of all are in date: conditionally released and confirmed as doses."""
    batches = [seeded_culture(world, at, who) for who in patients]
    world.clock.forward(hours=66)
    for batch in batches:
        count(world, batch)
        register(world, batch.culture)
    world.clock.forward(hours=20)
    products = []
    for batch in batches:
        harvest(world, batch, at)
        products.append(finished_lot(world, batch, fill(world, batch, at)))
    for product in products:
        release_conditionally(world, product)
        confirmed(world, product.batch.patient, product.bags)
    return products


def screens_of(world: World, more: tuple[str, ...]) -> list[Screen]:
    """One screen of each kind, given to the first of the watchers who reaches it."""
    found: dict[str, Screen] = {}
    for who, station in WATCHERS:
        client = world.client(who, station)
        for screen in _reached(client, who, station, more):
            found.setdefault(screen.kind if screen.path not in more else screen.path, screen)
    return list(found.values())


def _reached(client: TestClient, who: Person, station: str | None, more: tuple[str, ...]) -> list[Screen]:
    """The pages that open to this person, from Today along the links."""
    ahead, seen, open_to_them = ["/", *more], {"/", *more}, []
    kinds: dict[str, int] = {}
    while ahead:
        screen = Screen(who, station, ahead.pop(0))
        kinds[screen.kind] = kinds.get(screen.kind, 0) + 1
        if kinds[screen.kind] > MOST_ALIKE:
            continue
        answer = client.get(screen.path)
        assert answer.status_code < 500, screen
        aside = answer.headers.get("location", "")
        if aside.startswith("/") and aside not in seen:  # who has no Today begins elsewhere
            seen.add(aside)
            ahead.append(aside)
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        open_to_them.append(screen)
        for link in _LINK.findall(answer.text):
            path = link.replace("&amp;", "&")
            if path not in seen and not path.startswith(("/static", "/api")) and not path.endswith(_PAPER):
                seen.add(path)
                ahead.append(path)
    return open_to_them


def unseen(world: World, screens: list[Screen]) -> set[str]:
    """Pages of the application no screen stands for."""
    pages = [each for each in addresses(world.app) if each.method == "GET" and not each.is_api]
    paths = {screen.path.partition("?")[0] for screen in screens}
    return {each.path for each in pages if each.path not in NO_SCREENS and not _is_seen(each, paths)}


def _is_seen(address: Address, paths: set[str]) -> bool:
    pattern = re.compile(_PLACE.sub("[^/]+", address.path))
    return address.path.endswith(_PAPER) or any(pattern.fullmatch(path) for path in paths)
