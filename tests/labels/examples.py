"""Every kind of label with the shortest and the longest content it must carry. Invented people and codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from PIL import Image

from app.domain.identifiers import Kind, make_code
from app.domain.labels.content import (
    BadgeFacts,
    BagFacts,
    BoxFacts,
    CollectionFacts,
    FixtureFacts,
    GroupFacts,
    PlateFacts,
    Print,
    ReagentFacts,
    Recipient,
    SampleFacts,
    StickerFacts,
    VesselFacts,
    WristbandFacts,
)
from app.domain.labels.rules import LabelRules, Requirements, requirements
from app.domain.labels.spec import Expected, LabelKind, LabelSpec
from app.domain.labels.statements import (
    DonorTesting,
    Stage,
    Standing,
    Statement,
    StatementFacts,
    Switch,
)
from app.domain.labels.template import fill
from app.label_rules.versions.shipped import shipped_rules
from app.labels.drawing.outputs.bitmap import draw_bitmap
from app.labels.drawing.outputs.pdf import draw_pdf
from app.labels.drawing.placing import place
from app.labels.drawing.verify import Proof, verify_pdf, verify_zpl
from app.labels.shipped import shipped

NEW_YORK = ZoneInfo("America/New_York")
EXPIRES = datetime(2026, 11, 23, 16, 30, tzinfo=NEW_YORK)
HALVORSEN = Recipient("HALVORSEN, Ingrid", date(1951, 3, 14), "4417 0926")
PAPADOPOULOS = Recipient("PAPADOPOULOS-MARKOU, Alexandra Marie-Louise", date(1951, 3, 14), "MRN-0044170926-12")
ABDULLAH = Recipient("ABDULLAH-IBRAHIM, Konstantin Aaron", date(1951, 3, 14), "MRN-0044170926-12")


def code(kind: Kind, number: int) -> str:
    """The first code of the kind at or after the number, at site D7M in 2026."""
    made = make_code(kind, "D7M", 2026, number)
    return made if made is not None else code(kind, number + 1)


def printed(kind: Kind, number: int, *, is_long: bool = False, is_demo: bool = True) -> Print:
    site = "Regional Institute for Cellular Therapy and Transfusion, Clean Room Unit 4"
    return Print(code(kind, number), 12 if is_long else 1, site if is_long else "Demo Cell Laboratory D7M", is_demo)


def statement_facts(stage: Stage, *, is_worst: bool = False, is_demo: bool = True) -> StatementFacts:
    """An ordinary label of the stage, or the one with every statement that can stand together."""
    facts = StatementFacts(
        stage=stage,
        is_same_person=True,
        donor_testing=DonorTesting.PART,
        is_screening_complete=False,
        reactive_agents=(),
        has_risk_factor=False,
        is_ind=True,
        is_licensed=False,
        standing=Standing.RELEASED if stage is Stage.DISTRIBUTION else Standing.NONE,
        pending_tests=(),
        has_expiry=stage is Stage.DISTRIBUTION,
        is_demo=is_demo,
    )
    if not is_worst:
        return facts
    worst = replace(
        facts,
        reactive_agents=("hepatitis B surface antigen", "cytomegalovirus"),
        has_risk_factor=True,
    )
    if stage is not Stage.DISTRIBUTION:
        return worst
    return replace(worst, standing=Standing.EXCEPTIONAL, pending_tests=("sterility", "mycoplasma"))


def rules(*, is_worst: bool = False) -> LabelRules:
    """The rules as shipped; the worst label is of a site that switched the advice on disease risks on."""
    shipped = shipped_rules()
    if not is_worst:
        return shipped
    advice = next(rule for rule in shipped.statements if rule.id == "LS-04")
    return shipped.with_statement(replace(advice, switch=Switch.ON))


def required(stage: Stage, *, is_worst: bool = False, is_demo: bool = True) -> Requirements:
    """What the rules demand of an ordinary label of the stage, or of the worst one."""
    return requirements(rules(is_worst=is_worst), statement_facts(stage, is_worst=is_worst, is_demo=is_demo))


def bag_facts(*, is_long: bool = False, is_demo: bool = True) -> BagFacts:
    return BagFacts(
        printed=printed(Kind.BAG, 472, is_long=is_long, is_demo=is_demo),
        recipient=PAPADOPOULOS if is_long else HALVORSEN,
        course_code=code(Kind.COURSE, 442),
        lot_code=code(Kind.PRODUCT_LOT, 471),
        bag_number=13 if is_long else 1,
        bags=16 if is_long else 3,
        product_name=(
            "Lymphokine-activated killer cells, autologous, in saline with albumin"
            if is_long
            else "LAK cells, autologous"
        ),
        viable_cells=20_800_000_000,
        volume_ml=200,
        storage=(
            "Store at 20 to 24 °C, gently agitated. Do not freeze. Use at once."
            if is_long
            else "Store at 20 to 24 °C. Do not freeze."
        ),
        filled_at=EXPIRES - timedelta(hours=4),
        expires_at=EXPIRES,
        protocol="DEMO-LAK-1",
    )


def collection_facts(*, is_long: bool = False, is_demo: bool = True) -> CollectionFacts:
    return CollectionFacts(
        printed=printed(Kind.COLLECTION, 417, is_long=is_long, is_demo=is_demo),
        recipient=PAPADOPOULOS if is_long else HALVORSEN,
        course_code=code(Kind.COURSE, 442),
        product_name="MNC, apheresis, autologous",
        volume_ml=312,
        anticoagulant="ACD-A 1:12",
        facility="Apheresis unit D7M",
        storage="Keep at 20 to 24 °C. Start within 24 h.",
        ended_at=EXPIRES - timedelta(days=4),
    )


def vessel_facts(*, is_long: bool = False, is_demo: bool = True) -> VesselFacts:
    return VesselFacts(
        printed=printed(Kind.VESSEL, 1000, is_long=is_long, is_demo=is_demo),
        recipient=PAPADOPOULOS if is_long else HALVORSEN,
        culture_code=code(Kind.CULTURE, 417),
        product_name="LAK cells, autologous" if is_long else "LAK cells",
        member=7,
        members=134,
        seeded_at=EXPIRES - timedelta(days=4),
        il2_iu_per_ml=9_000,
    )


def group_facts(count: int = 134, *, is_long: bool = False, is_demo: bool = True) -> GroupFacts:
    one = vessel_facts(is_long=is_long, is_demo=is_demo)
    codes = [made for number in range(1000, 1200) if (made := make_code(Kind.VESSEL, "D7M", 2026, number))]
    return GroupFacts(
        culture_code=one.culture_code,
        recipient=one.recipient,
        product_name=one.product_name,
        first=1,
        vessels=tuple(replace(one.printed, code=made) for made in codes[:count]),
        members=count,
        seeded_at=one.seeded_at,
        il2_iu_per_ml=one.il2_iu_per_ml,
    )


def group_labels(facts: GroupFacts, statements: tuple[Statement, ...]) -> tuple[LabelSpec, ...]:
    """The head of the strip and the label of every vessel on it."""
    vessel = shipped(LabelKind.VESSEL)
    return fill(shipped(LabelKind.VESSEL_GROUP), facts), *(fill(vessel, each, statements) for each in facts.each)


def box_facts(*, is_long: bool = False, is_demo: bool = True) -> BoxFacts:
    institute = (
        "Regional Institute for Cellular Therapy and Transfusion, Gate 7, 1200 Old Observatory Road, Springfield"
    )
    return BoxFacts(
        printed=printed(Kind.SHIPMENT, 417, is_long=is_long, is_demo=is_demo),
        sender=institute if is_long else "Demo Cell Laboratory D7M",
        receiver=f"Ward 12 West, Infusion Unit, {institute}" if is_long else "Ward 3",
        contents=bag_facts(is_long=is_long).product_name,
        bags=16 if is_long else 1,
        temperature="Keep at 20 to 24 °C. Do not freeze.",
        packed_at=EXPIRES - timedelta(hours=3),
        contact=(
            "When late or damaged, call the laboratory at once, day and night: +1 555 0100, extension 4417"
            if is_long
            else "When late: +1 555 0100"
        ),
    )


def every_label(*, is_long: bool, is_demo: bool) -> dict[str, tuple[LabelSpec, Expected]]:
    """Each kind by its name, with what the record expects of it."""
    released, collected, boxed, in_process = (
        required(stage, is_worst=is_long, is_demo=is_demo)
        for stage in (Stage.DISTRIBUTION, Stage.END_COLLECTION, Stage.SHIPPING_BOX, Stage.IN_PROCESS)
    )
    bag = bag_facts(is_long=is_long, is_demo=is_demo)
    small_bag = replace(bag, product_name="LAK cells, autologous", recipient=ABDULLAH if is_long else HALVORSEN)
    labels = {
        "bag": (fill(shipped(LabelKind.BAG), bag, released.statements), released),
        "partial": (fill(shipped(LabelKind.PARTIAL_BAG), small_bag), None),
        "collection": (
            fill(
                shipped(LabelKind.COLLECTION_BAG),
                collection_facts(is_long=is_long, is_demo=is_demo),
                collected.statements,
            ),
            collected,
        ),
        "vessel": (
            fill(shipped(LabelKind.VESSEL), vessel_facts(is_long=is_long, is_demo=is_demo), in_process.statements),
            in_process,
        ),
        "shipping box": (
            fill(shipped(LabelKind.SHIPPING_BOX), box_facts(is_long=is_long, is_demo=is_demo), boxed.statements),
            boxed,
        ),
        "vessel group": (
            fill(shipped(LabelKind.VESSEL_GROUP), group_facts(2, is_long=is_long, is_demo=is_demo)),
            None,
        ),
    } | {name: (spec, None) for name, spec in _plain_labels(is_long, is_demo).items()}
    return {name: (spec, Expected(spec.code, spec.print_number, demanded)) for name, (spec, demanded) in labels.items()}


def _plain_labels(is_long: bool, is_demo: bool) -> dict[str, LabelSpec]:
    def of(kind: Kind, number: int) -> Print:
        return printed(kind, number, is_long=is_long, is_demo=is_demo)

    culture = code(Kind.CULTURE, 417)
    sample = "Supernatant before wash, anaerobic bottle" if is_long else "Final product"
    material = "Human AB serum, pooled, heat-inactivated, sterile filtered" if is_long else "Interleukin-2"
    name = "Dr Maximiliane-Henriette von Sayn-Wittgenstein" if is_long else "Tara Brandt"
    received, opened = date(2026, 11, 2), date(2026, 11, 20) if is_long else None
    status = "QUARANTINED" if is_long else "RELEASED"
    return {
        "sample": fill(shipped(LabelKind.SAMPLE), SampleFacts(of(Kind.SAMPLE, 417), sample, culture, EXPIRES)),
        "plate": fill(shipped(LabelKind.PLATE), PlateFacts(of(Kind.PLATE, 418), "51Cr release", 1, 2, EXPIRES)),
        "wristband": fill(
            shipped(LabelKind.WRISTBAND),
            WristbandFacts(of(Kind.WRISTBAND, 417), PAPADOPOULOS if is_long else HALVORSEN),
        ),
        "chart sticker": fill(
            shipped(LabelKind.CHART_STICKER),
            StickerFacts(of(Kind.PATIENT_SHEET, 417), PAPADOPOULOS if is_long else HALVORSEN),
        ),
        "badge": fill(
            shipped(LabelKind.BADGE),
            BadgeFacts(of(Kind.BADGE, 431), name, "Quality assurance, releasing person" if is_long else "Nurse"),
        ),
        "reagent": fill(
            shipped(LabelKind.REAGENT),
            ReagentFacts(of(Kind.REAGENT, 455), material, "X4471-09", date(2027, 3, 31), received, opened, status),
        ),
        "fixture": fill(
            shipped(LabelKind.FIXTURE),
            FixtureFacts(
                of(Kind.EQUIPMENT, 460),
                "Incubator 3, cabinet room, lower left-hand chamber" if is_long else "Incubator 3",
            ),
        ),
    }


def pdf_page(spec: LabelSpec) -> bytes:
    return draw_pdf([place(spec)])


def bitmap(spec: LabelSpec, dots_per_mm: int) -> Image.Image:
    return draw_bitmap(place(spec, dots_per_mm))


def read_page(pdf: bytes, spec: LabelSpec, expected: Expected) -> Proof:
    return verify_pdf(pdf, [place(spec)], [expected])


def read_block(block: bytes, spec: LabelSpec, expected: Expected, dots_per_mm: int) -> Proof:
    return verify_zpl(block, place(spec, dots_per_mm), expected)
