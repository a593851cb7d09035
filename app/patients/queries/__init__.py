"""What the pages of a patient read: the list, the banner, the course, the chart and the line of a bag."""
