"""Today: what is due, for whom, by when; and the pages about the house itself. Reads everything, changes nothing."""
