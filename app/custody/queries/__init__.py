"""What the pages of bags and the scan card show, and what may be done with a bag now."""
