"""Puts the real CDK app onto the embedded AWS: synthesise, adapt what is local, create or update the stacks."""
