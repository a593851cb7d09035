"""Reading paper: a printed page is rasterised and its symbols are decoded, as a reader would."""

from __future__ import annotations

import pypdfium2
from zxingcpp import BarcodeFormat, read_barcodes

READER_DPI = 300
SHAPES = {BarcodeFormat.DataMatrix: "square", BarcodeFormat.Code128: "linear"}


def symbols(pdf: bytes) -> dict[str, str]:
    """What the symbols of a one-page label read as: `square` and, where there is one, `linear`."""
    (page,) = pypdfium2.PdfDocument(pdf)
    image = page.render(scale=READER_DPI / 72, grayscale=True).to_pil()
    found = {(SHAPES[each.format], each.text) for each in read_barcodes(image)}
    assert len(dict(found)) == len(found), f"symbols of one kind on a label say the same: {found}"
    return dict(found)
