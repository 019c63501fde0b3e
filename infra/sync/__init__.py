"""Catalogue files in, batches out."""
