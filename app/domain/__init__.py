"""Pure rules of the laboratory: standard library only, no input, no output, no clock."""
