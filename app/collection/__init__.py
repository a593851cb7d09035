"""Leukapheresis: planned, run, labelled, handed over, inspected, accepted or not. Not what grows from it."""
