"""Measures verified labels per second on one core, beside the common way where it is installed. It judges nothing.

    .venv/bin/python tools/bench/labels.py [--labels 134] [--rounds 3]

The common way is HTML through WeasyPrint with one QR picture and nothing read back. It is no part of the project: to
have its ratio, install `weasyprint` into an environment of your own and put that on PYTHONPATH for this run.
Times are of the processor, the best of the rounds; every label has a code of its own.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from itertools import islice
from pathlib import Path

from PIL import Image
from zxingcpp import BarcodeFormat, create_barcode

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.domain.identifiers import Kind, make_code
from app.domain.labels.spec import Expected, LabelKind, LabelSpec
from app.domain.labels.statements import Stage
from app.domain.labels.template import fill
from app.labels.drawing.finished import pdf_of, zpl_of
from app.labels.drawing.outputs.bitmap import draw_bitmap
from app.labels.drawing.outputs.zpl import zpl_from_bitmap
from app.labels.drawing.placing import place
from app.labels.drawing.text import fit
from app.labels.shipped import shipped
from tests.labels.examples import bag_facts, group_facts, group_labels, required

Labels = Sequence[tuple[LabelSpec, Expected]]
Work = Callable[[tuple[LabelSpec, Expected]], object]


def main() -> None:
    """Draw, read back, print."""
    asked = _arguments()
    load = os.getloadavg()[0]
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, Python {platform.python_version()}, {load=:.1f}"
    )
    small, large, vessels = small_bags(asked.labels), large_bags(asked.labels), vessel_group()
    print("\n| labels | per second | ms each | target |\n|---|---|---|---|")
    unchecked = _each("2x1 in, 8 dots/mm, drawn and packed, unchecked", small, _unchecked(8), asked, "-")
    checked = _each("2x1 in, 8 dots/mm, proven", small, _proven(8), asked, ">= 300 per second")
    _each("2x1 in, 12 dots/mm, proven", small, _proven(12), asked, "-")
    _each("4x4 in, 8 dots/mm, proven", large, _proven(8), asked, "-")
    _each("4x4 in, 12 dots/mm, proven", large, _proven(12), asked, ">= 40 per second")
    page = _each("2x1 in, one PDF each, proven", small, lambda label: pdf_of([label]), asked, "<= 12 ms")
    _each("4x4 in, one PDF each, proven", large, lambda label: pdf_of([label]), asked, "<= 25 ms")
    whole = _best(lambda: pdf_of(vessels), asked.rounds)
    print(
        f"| head and {len(vessels) - 1} vessels in one PDF, proven | {len(vessels) / whole:.0f} | "
        f"{whole * 1000 / len(vessels):.2f} | < 2 s: {whole:.2f} s |"
    )
    print(f"\nProof costs {checked / unchecked:.1f} times the drawing alone.")
    ours = {"printer bytes": checked, "PDF of many": whole / len(vessels), "PDF of one": page}
    _beside_the_common_way(small, ours, asked)


def small_bags(number: int) -> Labels:
    """Partial labels of a bag, 2 x 1 in: one Data Matrix, one Code 128."""
    facts = bag_facts()
    specs = (
        fill(shipped(LabelKind.PARTIAL_BAG), replace(facts, printed=replace(facts.printed, code=code)))
        for code in _codes(number)
    )
    return [(spec, Expected(spec.code, spec.print_number, None)) for spec in specs]


def large_bags(number: int) -> Labels:
    """Full labels of a bag, 4 x 4 in, with the statements of an ordinary release."""
    facts = bag_facts()
    demanded = required(Stage.DISTRIBUTION)
    specs = (
        fill(shipped(LabelKind.BAG), replace(facts, printed=replace(facts.printed, code=code)), demanded.statements)
        for code in _codes(number)
    )
    return [(spec, Expected(spec.code, spec.print_number, demanded)) for spec in specs]


def vessel_group() -> Labels:
    """The head and 134 vessels."""
    demanded = required(Stage.IN_PROCESS)
    head, *members = group_labels(group_facts(134), demanded.statements)
    return [
        (head, Expected(head.code, head.print_number, None)),
        *((spec, Expected(spec.code, spec.print_number, demanded)) for spec in members),
    ]


def _codes(number: int) -> list[str]:
    made = (make_code(Kind.BAG, "D7M", 2026, each) for each in range(1, 2 * number + 40))
    return list(islice((code for code in made if code), number))


def _unchecked(dots_per_mm: int) -> Work:
    return lambda label: zpl_from_bitmap(draw_bitmap(place(label[0], dots_per_mm)))


def _proven(dots_per_mm: int) -> Work:
    return lambda label: zpl_of(*label, dots_per_mm)


def _each(name: str, labels: Labels, work: Work, asked: argparse.Namespace, target: str) -> float:
    """Seconds for one label."""
    seconds = _best(lambda: [work(label) for label in labels], asked.rounds) / len(labels)
    print(f"| {name} | {1 / seconds:.0f} | {seconds * 1000:.2f} | {target} |")
    return seconds


def _best(work: Callable[[], object], rounds: int) -> float:
    """Processor seconds; one round before is not measured."""
    seconds = []
    for _ in range(rounds + 1):
        fit.cache_clear()  # what the round before had measured is no part of this one
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds[1:])


def _beside_the_common_way(labels: Labels, ours: dict[str, float], asked: argparse.Namespace) -> None:
    """`ours`: seconds for one small label, by what is made of it."""
    if find_spec("weasyprint") is None:
        print("WeasyPrint is not installed here: no ratio to the common way. See the head of this file.")
        return
    html = import_module("weasyprint").HTML
    some = labels[:20]
    seconds = _best(lambda: [html(string=_html(spec)).write_pdf() for spec, _ in some], asked.rounds) / len(some)
    ratios = ", ".join(f"{seconds / each:.1f} times our proven {name}" for name, each in ours.items())
    print(f"HTML, WeasyPrint, one QR, not read back: {seconds * 1000:.1f} ms, {ratios}.")


def _html(spec: LabelSpec) -> str:
    """The same words and size as the common way sets them."""
    picture = BytesIO()
    made = create_barcode(spec.code, BarcodeFormat.QRCode)
    Image.fromarray(made.to_image(scale=8, add_quiet_zones=True)).save(picture, "PNG")
    words = "".join(f"<p>{text}</p>" for item in spec.items if (text := getattr(item, "text", "")))
    size = f"{spec.width_mm}mm {spec.height_mm}mm"
    style = f"@page {{ size: {size}; margin: 1mm }} p {{ font: 2mm sans-serif; margin: 0 }}"
    data = b64encode(picture.getvalue()).decode()
    return f'<style>{style}</style><img width="45" src="data:image/png;base64,{data}">{words}'


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=134)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
