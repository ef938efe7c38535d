"""What people run: the `metro` command and what stands behind each verb."""
