"""The line, stage by stage, by the real commands and the cast's own badges and secrets."""
