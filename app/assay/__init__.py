"""Samples, test runs and 51Cr plates: from the tube to an approved result, and the evidence a release rests on."""
