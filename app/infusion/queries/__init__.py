"""What the pages of doses, bedside checks and infusions show."""
