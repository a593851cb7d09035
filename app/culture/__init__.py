"""Cultures and what comes of them: opening, seeding, counting, harvest, product lots, bags."""
