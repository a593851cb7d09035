"""What the pages of people, stations and sign-ins show."""
