"""What the pages of printers, print jobs and the scanner check show."""
