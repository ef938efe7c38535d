"""The metropolis as typed data: sites, paths, circuits, communes, services. Pure functions, no Pulumi."""
