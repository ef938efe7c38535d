"""Whether the cases of the gate's rules would notice a rule that was written a little differently."""
