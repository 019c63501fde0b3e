"""What shops tell us the moment it happens."""
