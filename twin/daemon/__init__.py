"""The process that keeps worlds alive and serves the stand-in providers."""
