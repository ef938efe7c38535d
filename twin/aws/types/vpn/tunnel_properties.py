"""The properties of a VPN connection's two tunnels: what requests and answers of EC2 call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree

from twin.aws.spec import pascal, prop
from twin.framework.declaration import Changes, Given, Inputs, Output, Property
from twin.framework.values import Plain

TUNNELS: Final = (1, 2)

_ENCRYPTION: Final = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
_INTEGRITY: Final = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
_GROUPS: Final = (2, *range(14, 25))


@dataclass(frozen=True)
class Option:
    """One option of a tunnel."""

    name: str
    """As the official provider calls it, without the tunnel: `DpdTimeoutAction`."""
    default: Plain
    """What EC2 goes by when it is not told; what an option that is taken back is set to."""
    facts: Mapping[str, Any]
    written: str = ""
    """As requests call it, where that is not its name."""
    listed: bool = False
    """Requests and answers wrap each item: `[{"Value": "ikev2"}]`."""

    @property
    def request_key(self) -> str:
        """What requests call it."""
        return self.written or self.name

    def wrapped(self, value: Plain) -> Plain:
        """The value as requests have it."""
        return [{"Value": item} for item in value] if self.listed else value


def _many(name: str, allowed: tuple[Plain, ...], samples: tuple[Plain, ...], written: str = "") -> Option:
    facts = {"unordered": True, "allowed": allowed, "samples": samples}
    return Option(name, list(allowed), facts, written, listed=True)


def _number(name: str, default: int, low: int, high: int | None, samples: tuple[int, ...], written: str = "") -> Option:
    return Option(name, default, {"low": low, "high": high, "samples": samples}, written)


OPTIONS: Final = (
    Option(
        "DpdTimeoutAction", "clear", {"allowed": ("clear", "none", "restart"), "samples": ("restart", "none")},
        "DPDTimeoutAction",
    ),
    _number("DpdTimeoutSeconds", 30, 30, None, (40, 60), "DPDTimeoutSeconds"),
    _many("IkeVersions", ("ikev1", "ikev2"), (["ikev2"], ["ikev1"]), "IKEVersions"),
    _many("Phase1DhGroupNumbers", _GROUPS, ([20, 21], [19]), "Phase1DHGroupNumbers"),
    _many("Phase1EncryptionAlgorithms", _ENCRYPTION, (["AES256-GCM-16"], ["AES256"])),
    _many("Phase1IntegrityAlgorithms", _INTEGRITY, (["SHA2-384", "SHA2-512"], ["SHA2-256"])),
    _number("Phase1LifetimeSeconds", 28800, 900, 28800, (14400, 21600)),
    _many("Phase2DhGroupNumbers", (2, 5, *_GROUPS[1:]), ([20, 21], [5]), "Phase2DHGroupNumbers"),
    _many("Phase2EncryptionAlgorithms", _ENCRYPTION, (["AES256-GCM-16"], ["AES256"])),
    _many("Phase2IntegrityAlgorithms", _INTEGRITY, (["SHA2-384", "SHA2-512"], ["SHA2-256"])),
    _number("Phase2LifetimeSeconds", 3600, 900, 3600, (1800, 2700)),
    _number("RekeyFuzzPercentage", 100, 0, 100, (50, 60)),
    _number("RekeyMarginTimeSeconds", 540, 60, 1800, (300, 600)),
    _number("ReplayWindowSize", 1024, 64, 2048, (512, 128)),
    Option("StartupAction", "add", {"allowed": ("add", "start"), "samples": ("start", "add", "start")}),
    Option("EnableTunnelLifecycleControl", False, {"samples": (True, False)}),
)  # fmt: skip


def _log_options() -> dict[str, Any]:
    """Where a tunnel writes what it does; nested twice, as officially."""
    fields = (
        prop("logEnabled"),
        prop("logGroupArn"),
        prop("logOutputFormat", allowed=("json", "text")),
    )
    to_json = {"logEnabled": True, "logGroupArn": Given("log group arn"), "logOutputFormat": "json"}
    return {
        "computed": True,
        "fields": (prop("cloudwatchLogOptions", "CloudWatchLogOptions", fields=fields),),
        "samples": (
            {"cloudwatchLogOptions": to_json},
            {"cloudwatchLogOptions": {**to_json, "logOutputFormat": "text"}},
        ),
    }


def tunnel_properties(number: int) -> tuple[Property, ...]:
    """What can be declared of one tunnel."""
    start = f"tunnel{number}"
    blocks = ("169.254.200.0/30", "169.254.201.0/30") if number == 1 else ("169.254.210.0/30", "169.254.211.0/30")
    return (
        *(prop(f"{start}{item.name}", f"{start}{item.name}", **item.facts) for item in OPTIONS),
        prop(f"{start}LogOptions", f"{start}.LogOptions", **_log_options()),
        prop(f"{start}InsideCidr", f"{start}InsideCidr", computed=True, replaces=True, samples=blocks),
        prop(
            f"{start}PresharedKey",
            f"{start}PresharedKey",
            computed=True,
            samples=("sample.key_1", "sample.key_2"),
        ),
    )


def tunnel_outputs(number: int) -> tuple[Output, ...]:
    """What only EC2 decides of one tunnel."""
    names = ("Address", "BgpAsn", "BgpHoldtime", "CgwInsideAddress", "VgwInsideAddress")
    return tuple(Output(f"tunnel{number}{name}", f"tunnel{number}{name}") for name in names)


def written(number: int, inputs: Inputs) -> dict[str, Any]:
    """One tunnel of a request that makes a connection."""
    start = f"tunnel{number}"
    whole = {
        item.request_key: item.wrapped(inputs[f"{start}{item.name}"])
        for item in OPTIONS
        if f"{start}{item.name}" in inputs
    }
    others = {"InsideCidr": "TunnelInsideCidr", "PresharedKey": "PreSharedKey"}
    whole |= {key: inputs[f"{start}{name}"] for name, key in others.items() if f"{start}{name}" in inputs}
    return whole | _written_log(number, inputs)


def _written_log(number: int, inputs: Inputs) -> dict[str, Any]:
    given = (inputs.get(f"tunnel{number}LogOptions") or {}).get("cloudwatchLogOptions")
    return {"LogOptions": {"CloudWatchLogOptions": {pascal(key): given[key] for key in given}}} if given else {}


def changed(number: int, changes: Changes) -> dict[str, Any]:
    """What an update sets of one tunnel: what differs, and the default of what is no longer declared."""
    start = f"tunnel{number}"
    whole: dict[str, Any] = {}
    for item in OPTIONS:
        name = f"{start}{item.name}"
        if changes.touch(name):
            whole[item.request_key] = item.wrapped(changes.new.get(name, item.default))
    if changes.touch(f"{start}PresharedKey"):
        whole["PreSharedKey"] = changes.new[f"{start}PresharedKey"]
    if changes.touch(f"{start}LogOptions"):
        whole |= _written_log(number, changes.new)
    return whole


def read_tunnels(connection: Mapping[str, Any], known: Inputs) -> dict[str, Plain]:
    """All of both tunnels: what was chosen from the options, the rest from what the customer's router is told."""
    values: dict[str, Plain] = {}
    for number, tunnel in zip(TUNNELS, connection["Options"]["TunnelOptions"], strict=True):
        start = f"tunnel{number}"
        for item in OPTIONS:
            name = f"{start}{item.name}"
            value = tunnel.get(_answer_key(item))
            value = [part["Value"] for part in value] if item.listed and value is not None else value
            # As officially, what nobody declares and EC2 goes by anyway is no difference.
            if value != item.default or name in known:
                values[name] = value
        values[start] = {"LogOptions": tunnel.get("LogOptions")}
        values[f"{start}InsideCidr"] = tunnel["TunnelInsideCidr"]
        values[f"{start}PresharedKey"] = tunnel["PreSharedKey"]
        values[f"{start}Address"] = tunnel["OutsideIpAddress"]
    values.update(_told(connection.get("CustomerGatewayConfiguration")))
    return values


def _answer_key(option: Option) -> str:
    return option.name.replace("DhGroup", "DHGroup")


def _told(configuration: str | None) -> Iterator[tuple[str, Plain]]:
    """What the customer's router is told of each tunnel."""
    if configuration is None:
        return
    tunnels = ElementTree.fromstring(configuration).findall("ipsec_tunnel")  # noqa: S314 - the twin's own words
    for number, tunnel in zip(TUNNELS, tunnels, strict=True):
        start = f"tunnel{number}"
        yield f"{start}BgpAsn", tunnel.findtext("vpn_gateway/bgp/asn")
        yield f"{start}BgpHoldtime", int(tunnel.findtext("vpn_gateway/bgp/hold_time", "0"))
        for end, name in (("customer_gateway", "CgwInsideAddress"), ("vpn_gateway", "VgwInsideAddress")):
            yield f"{start}{name}", tunnel.findtext(f"{end}/tunnel_inside_address/ip_address")
