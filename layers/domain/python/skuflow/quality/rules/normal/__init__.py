"""Normal forms of texts. Each is reached in one step: the normal form of a normal form is itself."""
