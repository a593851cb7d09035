"""What the pages of cultures and lots read."""
