"""Recipes and release specifications: versioned documents, written by one person and approved by another."""
