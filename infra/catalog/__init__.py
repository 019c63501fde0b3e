"""Products, prices, stock."""
