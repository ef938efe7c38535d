"""The project's tests; the folders mirror the code, then the tiers."""
