"""The simulator's line, as the tests call it."""

from app.simulator.line.culture import *  # noqa: F403
