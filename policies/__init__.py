"""The gate: what must hold before anything is deployed, as rules over a plan."""
