"""Whoever runs a provider may want to know, or to prevent, what it is about to do."""

from __future__ import annotations

from providers.logic import Properties


class Observer:
    """Called before the logic, from many threads at once. May raise `ProviderError`, which stops the call."""

    def configuring(self, config: Properties) -> None:
        """The provider is about to take its configuration."""

    def creating(self, urn: str, type_: str) -> None:
        """A resource is about to be made, for real."""
