"""What the one stack does: each layer in turn, in place of its references the outputs of those before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pulumi

from stacks import references
from stacks.layers import LAYERS, stack_name, stacks_of
from stacks.settings import read_settings
from territory.loader import load_territory
from territory.model import Territory

_PROVIDERS = (("stacks.vcenters", "vcenter_providers"), ("stacks.clouds", "cloud_providers"))
"""Who makes providers: in one stack, a second one of the same name would be refused."""

_handed: dict[str, Mapping[str, Any]] = {}


class Handed(references.Upstream):
    """The outputs of a stack whose layer this very program has deployed."""

    def __init__(self, territory: Territory, layer: str, part: str | None = None) -> None:
        self._values = _handed[stack_name(territory.name, layer, part)]

    def output(self, *path: str) -> pulumi.Output[Any]:
        """One value inside the outputs."""
        value: Any = self._values
        for step in path:
            value = value[step]
        return pulumi.Output.from_input(value)


class Names:
    """Parts of a layer may call things alike, each in its own stack; in one stack the later ones get a number."""

    def __init__(self) -> None:
        self._taken: Counter[tuple[str, str]] = Counter()

    def free(self, type_: str, name: str) -> str:
        """The name, or the name with a number."""
        self._taken[type_, name] += 1
        count = self._taken[type_, name]
        return name if count == 1 else f"{name}-{count}"

    def impose(self) -> None:
        """Have every resource that is registered from now on named so."""
        register = pulumi.Resource.__init__

        def register_named(resource: pulumi.Resource, t: str, name: str, *rest: Any, **named: Any) -> None:
            register(resource, t, self.free(t, name), *rest, **named)

        pulumi.Resource.__init__ = register_named  # pyright: ignore[reportAttributeAccessIssue]  # its own, widened


class Order:
    """What a layer finds by its name, because another one made it before, has to be waited for inside one stack."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, str, str], pulumi.Resource] = {}
        """Provider, type and name to what is called so."""

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """A transformation: note what is made, and add what it names to what it depends on."""
        props: Mapping[str, Any] = args.props
        if made := _NAMES.get(args.type_):
            self._made[args.opts.provider, args.type_, str(props.get(made))] = args.resource
        type_, name = _NAMED.get(args.type_, lambda _: ("", ""))(props)
        before = self._made.get((args.opts.provider, type_, name))
        if before is None:
            return None
        wait = pulumi.ResourceOptions(depends_on=[before])
        return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, wait))


_FOLDER = "vsphere:index/folder:Folder"
_HOST_GROUP = "vsphere:index/computeClusterHostGroup:ComputeClusterHostGroup"
_NAMES: Mapping[str, str] = {_FOLDER: "path", _HOST_GROUP: "name"}
"""Type to the input that others name it by."""
_NAMED: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    _FOLDER: lambda props: (_FOLDER, props["path"].rpartition("/")[0]),
    "vsphere:index/virtualMachine:VirtualMachine": lambda props: (_FOLDER, str(props.get("folder"))),
    "vsphere:index/computeClusterVmHostRule:ComputeClusterVmHostRule": lambda props: (
        _HOST_GROUP,
        str(props.get("affinity_host_group_name")),
    ),
}
"""Type to what its inputs name: type and name."""


def run() -> None:
    """Deploy all layers of the configured territory into the current stack."""
    pulumi.runtime.register_stack_transformation(Order())
    Names().impose()
    # Layers are imported when they are deployed, and take these names then.
    references.Upstream = Handed
    for module, name in _PROVIDERS:
        if find_spec(module):
            maker = import_module(module)
            setattr(maker, name, _once(getattr(maker, name)))
    settings = read_settings(LAYERS)
    territory = load_territory(settings.territory)
    for stack in stacks_of(territory):
        if LAYERS[stack.layer].hosts:  # no guest of the bench runs
            continue
        own = replace(settings, layer=stack.layer, part=stack.part)
        _handed[stack.name] = LAYERS[stack.layer].deploy(territory, own)


def _once(make: Callable[..., Any]) -> Callable[..., Any]:
    made: list[Any] = []

    def made_once(*arguments: Any, **named: Any) -> Any:
        if not made:
            made.append(make(*arguments, **named))
        return made[0]

    return made_once
