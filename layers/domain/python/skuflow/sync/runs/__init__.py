"""Runs: a shop's whole catalogue, read by a bulk operation."""
