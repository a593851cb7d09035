"""The simulator's line, as the tests call it."""

from app.simulator.line.custody import *  # noqa: F403
