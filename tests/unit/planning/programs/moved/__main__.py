"""The same things before and after a refactoring, aliases and all; the stack's configuration says which."""

from __future__ import annotations

import pulumi

from tests.unit.planning.programs import toy

after = pulumi.Config("metropole").get_bool("after")
provider = toy.Provider("toy")


def thing(name: str, parent: pulumi.Resource | None = None, *aliases: pulumi.Alias | str) -> toy.Thing:
    options = pulumi.ResourceOptions(provider=provider, parent=parent, aliases=list(aliases) if after else None)
    return toy.Thing(name, label="x", opts=options)


group = toy.Group("group")
if after:
    thing("renamed", None, pulumi.Alias(name="old-name"))
    thing("adopted", group, pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE))
    thing("orphaned", None, pulumi.Alias(parent=group))
    thing("renamed-and-adopted", group, pulumi.Alias(name="stray", parent=None))
    thing("by-urn", None, "urn:pulumi:toy-moved::metropole::toy:index:Thing::known-by-urn")
else:
    thing("old-name")
    thing("adopted")
    thing("orphaned", group)
    thing("stray")
    thing("known-by-urn")
