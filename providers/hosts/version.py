"""What the package is called, and which of it this is."""

NAME = "metropole"
VERSION = "0.1.0"
