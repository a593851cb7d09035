"""What the house needs first: approved documents, released lots, calibrated equipment."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import FilePayload

from tests.browser.hands import Hands
from tests.browser.walk.story import Walk
from tests.people import ADA, CHLOE, NIA, NOEL, QUENTIN, QUINN, SAM, TARA, THEO

FORMULATION = (("IL-2 in a bag", "450000"), ("Expiry after formulation", "24"))
"""What this site puts into a recipe that comes with the program: the default of each parameter."""

SPECIFICATION = (
    ("Least viable cells in a bag", "1e9"),
    ("Most viable cells in a bag", "1e11"),
    ("Least lytic units", "100"),
)
LOTS = (
    ("Interleukin-2", "cytokine", "", ("3000000", "Cetus units")),
    ("RPMI 1640 with antibiotics", "medium", "penicillin gentamicin", None),
    ("AB serum pool 07", "serum", "", None),
    ("Saline with 5% albumin", "formulation", "", None),
    ("Leukapheresis kit", "collection kit", "", None),
)
CERTIFICATE = FilePayload(name="certificate.txt", mimeType="text/plain", buffer=b"Certificate of analysis")
EQUIPMENT = (("Separator 1", "separator"), ("Hood 1", "hood"), ("Incubator 2", "incubator"))
STAFF = (TARA, THEO, SAM, QUINN, QUENTIN, CHLOE, NIA, NOEL)
PLACES = ("Biosafety cabinet 1", "Courier box 1", "10 East")


def print_badges(walk: Walk) -> None:
    """Ada prints the badges of the staff at her own desk."""
    ada = walk.at(ADA)
    for who in STAFF:
        ada.rail("Users")
        ada.press(ada.page.get_by_role("link", name=who.full_name))
        ada.shot("account")
        walk.keep(who.full_name, ada.download("Print badge"))


def write_and_approve_documents(walk: Walk) -> None:
    """Sam writes the recipe and the specification; Quentin approves both."""
    sam = walk.at(SAM)
    _write_recipe(sam)
    sam.more("Recipes")
    sam.tap("Write specification")
    for label, value in SPECIFICATION:
        sam.type(label, value)
    sam.shot("write-specification")
    sam.tap("Write specification")
    sam.says("QA approves it")
    quentin = walk.at(QUENTIN)
    for kind, name in (("recipe", "LAK-ROLLER, version 1"), ("specification", "LAK-EXAMPLE, version 1")):
        quentin.more("Recipes")
        quentin.tap(name)
        quentin.sign(within=quentin.page.get_by_role("form", name="Approve", exact=True))
        quentin.shot(f"approve-{kind}")
        quentin.tap(f"Approve {kind}")
        quentin.says("approved")


def _write_recipe(sam: Hands) -> None:
    """From the recipe that comes with the program; what is left to the site is set in the formulation."""
    sam.more("Recipes")
    sam.tap("Write recipe")
    sam.page.get_by_label("Recipe", exact=True).select_option(value="LAK-ROLLER")
    sam.shot("write-recipe")
    sam.tap("Begin recipe")
    sam.says("IL-2 in a bag has no value yet")
    sam.shot("recipe-draft")
    sam.tap("Edit step 5. Formulate")
    for parameter, value in FORMULATION:
        sam.type("Default optional", value, within=sam.page.get_by_role("group", name=parameter, exact=True))
    sam.shot("recipe-step")
    sam.tap("Save step")
    sam.tap("Changes")
    sam.says("now 450,000 IU, was none")
    sam.shot("recipe-changes")
    sam.tap("This version")
    sam.tap("Propose recipe")
    sam.says("QA approves it")


def receive_and_release_lots(walk: Walk) -> None:
    """Tara registers what came in; Sam releases it by signature."""
    tara = walk.at(TARA)
    sam = walk.at(SAM)
    for name, role, substances, _il2 in LOTS:
        _add_material(sam, name, role, substances)
    for name, _role, _substances, il2 in LOTS:
        tara.more("Materials")
        tara.tap("Receive lot", index=0)
        _describe(tara, name, il2)
        tara.shot("receive-lot")
        tara.tap("Receive lot")
        tara.shows(name)
        tara.page.get_by_label("The maker’s certificate", exact=True).set_input_files(CERTIFICATE)
        tara.tap("Keep certificate")
        tara.says("Certificate 1")
    for name, *_ in LOTS:
        sam.more("Materials")
        sam.tap(name)
        sam.sign(within=sam.page.get_by_role("form", name="Release lot", exact=True))
        sam.shot("release-lot")
        sam.tap("Release lot")
        walk.keep(name, sam.download("Print label"))


def register_equipment(walk: Walk) -> None:
    """Tara registers separator, hood and incubator."""
    tara = walk.at(TARA)
    for name, kind in EQUIPMENT:
        tara.more("Equipment")
        tara.tap("Register equipment", index=0)
        tara.type("Name", name)
        tara.pick("Kind", kind.capitalize())
        tara.type("Calibration due", (walk.today + timedelta(days=90)).isoformat())
        tara.shot("register-equipment")
        tara.tap("Register equipment")
        tara.shows(name)
        walk.keep(name, tara.download("Print label"))


def label_places(walk: Walk) -> None:
    """The codes at the bench, on the courier box and at the ward."""
    tara = walk.at(TARA)
    tara.more("Materials")
    tara.tap("Places")
    tara.shot("places")
    for place in PLACES:
        walk.keep(place, tara.download(f"Print label, {place}"))


def _add_material(sam: Hands, name: str, role: str, substances: str) -> None:
    sam.more("Materials")
    sam.tap("Catalogue")
    sam.type("Material", name)
    sam.pick("Role", role.capitalize())
    sam.press(sam.page.get_by_label("Pieces" if role == "collection kit" else "mL", exact=True))
    sam.pick("Kept at", "2 to 8 °C")
    for substance in substances.split():
        sam.press(sam.page.get_by_label(substance.capitalize(), exact=True))
    sam.shot("add-material")
    sam.tap("Add material")
    sam.says(name)


def _describe(tara: Hands, name: str, il2: tuple[str, str] | None) -> None:
    tara.pick("Material", f"{name}, in {'piece' if 'kit' in name else 'mL'}")
    tara.type("Maker’s lot", "A100")
    tara.type("Expires", (tara.today + timedelta(days=180)).isoformat())
    tara.type("Received", "10000")
    if il2 is not None:
        tara.type("IL-2 strength optional", il2[0])
        tara.pick("Unit of IL-2 optional", il2[1])
