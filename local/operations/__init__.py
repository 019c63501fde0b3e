"""What an operator does to a running platform, through plain AWS APIs: the same against the embedded AWS and a real account."""
