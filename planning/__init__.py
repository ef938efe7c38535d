"""The offline plan: a recording monitor and the plan's schema."""
