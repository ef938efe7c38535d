"""Checkov over Pulumi resources: its environment, its long-lived worker, and the tables the adapter reads."""
