"""What the pages of deviations and holds show."""
