"""Deviations: what was not as it should be, about which object, until QA has closed it."""
