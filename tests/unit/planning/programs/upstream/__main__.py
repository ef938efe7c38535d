"""Two stacks of one program: `up` exports, `down` reads."""

from __future__ import annotations

import pulumi

from tests.unit.planning.programs import toy

provider = toy.Provider("toy")
opts = pulumi.ResourceOptions(provider=provider)
if pulumi.get_stack().endswith("-up"):
    thing = toy.Thing("thing", label="hello", opts=opts)
    pulumi.export("label", thing.label)
    pulumi.export("serial", thing.serial)
    pulumi.export("token", pulumi.Config("metropole").require_secret("token"))
    pulumi.export("sites", {"lac": {"name": "lac", "id": thing.id}})
else:
    reference = pulumi.StackReference("organization/metropole/toy-up")
    toy.Thing("known", label=reference.outputs["label"], opts=opts)
    toy.Thing("nested", label=reference.outputs["sites"]["lac"]["name"], opts=opts)
    toy.Thing("unknown", label=reference.outputs["serial"], opts=opts)
    toy.Thing("whole", label=reference.get_output("label"), opts=opts)
    toy.Thing("secret", label=reference.get_output("token"), opts=opts)
