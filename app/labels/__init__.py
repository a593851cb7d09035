"""Labels: drawn, read back, printed, reconciled."""
