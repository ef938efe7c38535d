"""One rule a file, named by its id: `net_001.py` holds `RULE`, the rule NET-001. See `policies.catalogue`."""
