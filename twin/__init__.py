"""A world Pulumi cannot tell from the real one. Knows nothing of the rest of the project but the provider servicer."""
