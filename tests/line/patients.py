"""The simulator's line, as the tests call it."""

from app.simulator.line.patients import *  # noqa: F403
