"""The simulator's line, as the tests call it."""

from app.simulator.line.release import *  # noqa: F403
