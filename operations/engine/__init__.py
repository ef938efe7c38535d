"""The Pulumi engine and the twin's own binaries: found, downloaded or built, and kept outside the checkout."""
