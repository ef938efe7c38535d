"""`python -m operations` is `metro`."""

from operations.command import main

main()
