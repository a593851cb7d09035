"""The simulator's line, as the tests call it."""

from app.simulator.line.materials import *  # noqa: F403
