"""What the scan card says of each kind of thing. One statement each, by its code's unique index."""

from __future__ import annotations
