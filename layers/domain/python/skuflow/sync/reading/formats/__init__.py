"""Rows into products: one module per format, and what they share."""
