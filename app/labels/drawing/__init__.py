"""From a label description to bytes, and from bytes back to proof. Not its content: no patient here."""
