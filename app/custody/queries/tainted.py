"""Bags made with a material that was recalled afterwards: by the steps of their culture, or by the collection's kit."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, or_
from sqlalchemy.orm import aliased

from app.db.models import Bag, Collection, CultureInput, CultureMaterial, MaterialLot, ProductLot
from app.domain.vocabulary import MaterialState

_lot = aliased(ProductLot)
_material = aliased(MaterialLot)
_OF_THE_LOT: Final = (_lot.id == Bag.product_lot_id, _material.state == MaterialState.RECALLED)

TAINTED: Final = or_(
    exists().where(
        *_OF_THE_LOT, CultureMaterial.culture_id == _lot.culture_id, CultureMaterial.material_lot_id == _material.id
    ),
    exists().where(
        *_OF_THE_LOT,
        CultureInput.culture_id == _lot.culture_id,
        Collection.id == CultureInput.collection_id,
        Collection.kit_lot_id == _material.id,
    ),
)
"""Asked of a bag in the statement around it (ix_culture_material_culture_id, ix_culture_input_culture_id)."""
