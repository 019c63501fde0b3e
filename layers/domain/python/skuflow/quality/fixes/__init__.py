"""What can be mended without asking anybody, and what is better suggested. Pure."""
