"""Jobs: a collection is checked, chunk by chunk; what was decided is told; what was answered is counted; the score is taken."""
