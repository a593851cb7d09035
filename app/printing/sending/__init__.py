"""What leaves: drawn and proven, over the network or as a file."""
