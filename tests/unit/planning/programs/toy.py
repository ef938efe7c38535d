"""A package with one resource and one function, enough to show every rule of registration."""

from __future__ import annotations

from typing import Any

import pulumi


class Provider(pulumi.ProviderResource):
    def __init__(self, name: str, token: pulumi.Input[str] | None = None, opts: pulumi.ResourceOptions | None = None):
        super().__init__("toy", name, {"token": token}, _with_version(opts))


class Thing(pulumi.CustomResource):
    serial: pulumi.Output[str]
    label: pulumi.Output[str]
    settings: pulumi.Output[Any]

    def __init__(
        self,
        name: str,
        label: pulumi.Input[str] | None = None,
        settings: pulumi.Input[Any] = None,
        opts: pulumi.ResourceOptions | None = None,
    ):
        properties = {"label": label, "settings": settings, "serial": None}
        super().__init__("toy:index:Thing", name, properties, _with_version(opts))


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None):
        super().__init__("metropole:index:Group", name, None, opts)


def lookup(label: pulumi.Input[str], opts: pulumi.InvokeOutputOptions | None = None) -> pulumi.Output[Any]:
    return pulumi.runtime.invoke_output("toy:index:lookup", {"label": label}, opts)


def _with_version(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version="1.2.3"), opts)
