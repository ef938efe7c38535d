"""The worlds of twins: derived from the territory, started, looked after and looked into."""
