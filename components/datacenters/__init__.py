"""What stands in the datacenters: hosts, networks, guests, and the circuits between them."""
