"""Logs: one JSON object a line, in UTC, of fields we name. No locals, no errors' words: they quote what was typed."""

from __future__ import annotations

import structlog


def configure_logs() -> None:
    """Set the one way of logging. JSON escapes line breaks, so nothing typed can forge a line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        cache_logger_on_first_use=False,
    )
