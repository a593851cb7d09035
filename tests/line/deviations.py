"""The simulator's line, as the tests call it."""

from app.simulator.line.deviations import *  # noqa: F403
