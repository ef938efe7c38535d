"""What is asked of every host; add a file of tests that take `subject` (facts at hand) or testinfra's `host` (asks)."""
