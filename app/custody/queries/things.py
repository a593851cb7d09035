"""What the scan card says of each kind of thing. One statement each, by its code's unique index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, Row, Select, select

from app.custody.queries.bag import LINK_WORDS, facts_of, title_of
from app.custody.queries.house import badge, equipment, material, place, station
from app.custody.queries.looking import Looking, Thing, offered
from app.custody.queries.moves import moves_of
from app.custody.queries.standing import BagStanding, standing_of
from app.custody.queries.stops import ScanStop, expired, on_hold, quarantined, recalled, rejected, void_band
from app.db.models import (
    Bag,
    Collection,
    Course,
    Culture,
    CustodyEvent,
    Patient,
    Plate,
    ProductLot,
    Sample,
    User,
    Vessel,
    Wristband,
)
from app.domain.errors import NotFound
from app.domain.identifiers import Kind, display
from app.domain.roles import Action
from app.domain.states import BagState, CollectionState, CultureState, LotState
from app.domain.vocabulary import VesselState
from app.patients.queries.acts import Act, may
from app.patients.queries.words import Chip, chip, words
from app.web import formats
