"""What an operation needs is not there."""

from providers.logic import ProviderError


class MissingError(ProviderError):
    """Something that the inputs name (a parent, a template) does not exist in the world.

    An object that would be inside it cannot exist either, which is all that looking for it by identity needs to know.
    """
