"""What the pages of a collection read."""
