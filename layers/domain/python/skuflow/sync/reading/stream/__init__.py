"""Bytes into records: encodings, physical lines, CSV, and the refusal of everything else."""
