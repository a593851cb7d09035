"""One placed label, every output: PDF, 1-bit bitmap, printer bytes, preview."""
