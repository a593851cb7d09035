"""Scan anything: the card of each kind of thing."""
