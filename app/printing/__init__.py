"""Print jobs: printers as data, labels sent at most once, every copy accounted for."""
