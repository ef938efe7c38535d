"""Taking a territory's stacks up and down: on its twin or for real."""
