"""Veinline: follows one patient's own cells from the arm, through the laboratory, back to the arm."""

__version__ = "0.1.0"
