"""The web's side of every door: errors, pages, requests. No rule of the laboratory lives here."""
