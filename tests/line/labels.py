"""The simulator's line, as the tests call it."""

from app.simulator.line.labels import *  # noqa: F403
