"""The simulator's line, as the tests call it."""

from app.simulator.line.collection import *  # noqa: F403
