"""What the pages of labels show, and the bytes for the printer."""
