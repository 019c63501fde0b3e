"""Cells into values: prices, counts, weights, codes, texts. Strict, and without knowledge of any format."""
