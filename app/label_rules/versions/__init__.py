"""Versions of the label rules: as they came with the product, as rows, as the record that is signed."""
