"""The platform's HTTP API from the caller's side of the network: a URL and a key, and nothing else is known."""
