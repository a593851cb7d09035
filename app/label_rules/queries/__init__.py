"""What the pages of label rules show."""
