"""Chain of custody of bags: every move a link, every link on record, and what the links say together."""
