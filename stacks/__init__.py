"""What gets deployed: one layer a stack, each turning the territory into component arguments."""
