"""The simulator's line, as the tests call it."""

from app.simulator.line.recipes import *  # noqa: F403
