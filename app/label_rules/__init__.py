"""Label rules: which statements and elements labels must carry, as versions that QA approves by signature."""
