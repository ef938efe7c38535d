"""The network that reaches every commune."""
