"""Release of product lots: evidence against the pinned specification, blockers, decisions, signatures."""
