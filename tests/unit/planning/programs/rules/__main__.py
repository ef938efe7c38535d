"""A program that uses what the engine has rules for. The offline plan and the engine's preview have to agree on it."""

from __future__ import annotations

import pulumi

from tests.unit.planning.programs import toy

config = pulumi.Config("metropole")
east = toy.Provider("east", token=config.require_secret("token"))
west = toy.Provider("west", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="sunset")]))


def tag(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Labels what has no label, as a platform team would for every resource of a stack."""
    if args.type_ != "toy:index:Thing" or "label" in args.props or args.name == "transformed":
        return None
    return pulumi.ResourceTransformResult({**args.props, "label": "by transform"}, args.opts)


pulumi.runtime.register_resource_transform(tag)


def rename(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
    options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(ignore_changes=["settings"]))
    return pulumi.ResourceTransformResult({**args.props, "label": "renamed"}, options)


first = toy.Thing(
    "first",
    label="one",
    settings={"flag": True, "number": 3, "half": 0.5, "list": ["a", {"b": "c"}], "nothing": None, "$odd": 1},
    opts=pulumi.ResourceOptions(provider=east),
)
secretive = toy.Thing(
    "secretive",
    label=config.require_secret("token"),
    settings={"deep": {"secret": pulumi.Output.secret(["x", "y"]), "plain": "z"}},
    opts=pulumi.ResourceOptions(provider=west, additional_secret_outputs=["serial"], protect=True),
)
unknowing = toy.Thing(
    "unknowing",
    label=first.serial,
    settings={"known": "k", "unknown": secretive.serial, "id": first.id, "both": [first.label, secretive.label]},
    opts=pulumi.ResourceOptions(provider=east, depends_on=[secretive]),
)
odd_names = [
    toy.Thing(name, label="odd", opts=pulumi.ResourceOptions(provider=east))
    for name in ("with space", "colons::inside", "dollar$sign", "slash/and\\back", "accentué", "quote'\"")
]

outer = toy.Group("outer", opts=pulumi.ResourceOptions(providers=[west], protect=True))
former = "urn:pulumi:old::metropole::a:b:C::inner"
inner = toy.Group("inner", opts=pulumi.ResourceOptions(parent=outer, aliases=[former]))
leaf = toy.Thing(
    "leaf",
    label="leaf",
    opts=pulumi.ResourceOptions(
        parent=inner,
        aliases=[
            pulumi.Alias(name="leaf-before"),
            pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE),
            pulumi.Alias(type_="toy:index:Former", project="elsewhere", stack="past"),
        ],
    ),
)
under_leaf = toy.Thing("under-leaf", label="under", opts=pulumi.ResourceOptions(parent=leaf))
options = toy.Thing(
    "options",
    label=leaf.id.apply(lambda id_: f"after {id_}"),
    opts=pulumi.ResourceOptions(
        provider=west,
        protect=False,
        delete_before_replace=True,
        ignore_changes=["settings", "label"],
        replace_on_changes=["label"],
        retain_on_delete=True,
        deleted_with=first,
        replace_with=[first, leaf],
        custom_timeouts=pulumi.CustomTimeouts(create="1h30m", update="90s", delete="500ms"),
        hide_diffs=["settings"],
        hooks=pulumi.ResourceHookBinding(before_create=[pulumi.ResourceHook("guard", lambda _: None)]),
    ),
)
transformed = toy.Thing(
    "transformed",
    settings={"from": first.label, "unknown": first.serial},
    opts=pulumi.ResourceOptions(provider=east, depends_on=[secretive], transforms=[rename]),
)
untouched = toy.Thing(
    "untouched",
    label="kept",
    settings={"from": first.label, "unknown": first.serial, "secret": secretive.label},
    opts=pulumi.ResourceOptions(provider=east, depends_on=[secretive], transforms=[lambda _: None]),
)
unlabelled = toy.Thing("unlabelled", settings={"a": first.label}, opts=pulumi.ResourceOptions(provider=east))
found = toy.lookup(first.serial, pulumi.InvokeOutputOptions(provider=east))
toy.Thing("from-lookup", label=found.apply(lambda result: result["id"]), opts=pulumi.ResourceOptions(provider=east))
toy.Thing("depends-on-group", label="group", opts=pulumi.ResourceOptions(provider=east, depends_on=[outer]))
toy.Thing("holds-a-resource", settings={"ref": first, "group": outer}, opts=pulumi.ResourceOptions(provider=east))

outer.register_outputs({"leaf": leaf.id, "label": leaf.label})
inner.register_outputs({})
pulumi.export("label", first.label)
pulumi.export("serial", first.serial)
pulumi.export("token", config.require_secret("token"))
pulumi.export("nested", {"serial": first.serial, "list": [1, 2.5, True]})
