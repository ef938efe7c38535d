"""Each case is something the engine refuses; the stack's name says which."""

from __future__ import annotations

import pulumi

from tests.unit.planning.programs import toy

provider = toy.Provider("toy")
opts = pulumi.ResourceOptions(provider=provider)


def duplicate() -> None:
    toy.Thing("same", label="first", opts=opts)
    toy.Thing("same", label="second", opts=opts)


def duplicate_under_component() -> None:
    group = toy.Group("group")
    for label in ("first", "second"):
        toy.Thing("same", label=label, opts=pulumi.ResourceOptions(provider=provider, parent=group))


def no_provider() -> None:
    toy.Thing("lost", label="x")


def no_provider_for_function() -> None:
    toy.Thing("found", label=toy.lookup("x").apply(str), opts=opts)


def bad_type() -> None:
    pulumi.CustomResource("no-colons", "bad", {}, opts)


def bad_timeout() -> None:
    timeouts = pulumi.CustomTimeouts(create="soon")
    toy.Thing("late", opts=pulumi.ResourceOptions(provider=provider, custom_timeouts=timeouts))


def failing_transform() -> None:
    def transform(args: pulumi.ResourceTransformArgs) -> None:
        raise ValueError(f"{args.name} is not to our taste")

    toy.Thing("tasteless", opts=pulumi.ResourceOptions(provider=provider, transforms=[transform]))


def unknown_stack() -> None:
    pulumi.StackReference("organization/metropole/nowhere")


def two_hooks_of_one_name() -> None:
    for _ in range(2):
        hook = pulumi.ResourceHook("guard", lambda _: None)
        binding = pulumi.ResourceHookBinding(before_create=[hook])
        toy.Thing(f"hooked-{_}", opts=pulumi.ResourceOptions(provider=provider, hooks=binding))


globals()[pulumi.get_stack().replace("-", "_")]()
