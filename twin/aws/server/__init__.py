"""The simulated cloud: moto's server as a process of its own, with what moto lacks and the platform needs."""
