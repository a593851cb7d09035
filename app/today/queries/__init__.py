"""What Today and the pages about the house show."""
