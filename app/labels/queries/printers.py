"""The printers a label can be sent to, and the job a copy belongs to: what other pages link to of printing."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.db.models import Printer


def printer_choices(db: Connection) -> tuple[tuple[str, str], ...]:
    """Active printers by name: code and name. As many as the house has."""
    look = select(Printer.code, Printer.name).where(Printer.is_active).order_by(Printer.name)
    return tuple((code, name) for code, name in db.execute(look))
