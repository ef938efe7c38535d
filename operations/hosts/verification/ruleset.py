"""What an nftables ruleset (`nft -j`) lets in, compared with what is declared. Reads rules, not who wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, collapse_addresses, summarize_address_range
from typing import Any

Statement = Mapping[str, Any]

_REPLIES = {"established", "related"}
_HARMLESS_ICMP = {"destination-unreachable", "time-exceeded", "parameter-problem"}
_ENDS = {"drop", "reject", "return"}
_ELSEWHERE = {"jump", "goto", "vmap", "queue", "dnat", "redirect", "tproxy", "flow", "map"}


@dataclass(frozen=True)
class Chain:
    """A chain that a hook of the kernel calls."""

    family: str
    table: str
    name: str
    hook: str
    kind: str
    policy: str
    rules: tuple[Sequence[Statement], ...]


@dataclass
class _Match:
    """The conditions of one rule, as far as they can be understood."""

    interface: str = ""
    states: set[str] = field(default_factory=set[str])
    icmp: set[str] = field(default_factory=set[str])
    protocol: str = ""
    ports: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    sources: list[IPv4Network] | None = None


def chains(ruleset: Iterable[Mapping[str, Any]]) -> tuple[Chain, ...]:
    """Those a packet meets."""
    entries = list(ruleset)
    rules = [entry["rule"] for entry in entries if "rule" in entry]
    return tuple(
        Chain(
            chain["family"],
            chain["table"],
            chain["name"],
            chain["hook"],
            chain["type"],
            chain.get("policy", "accept"),
            tuple(
                rule.get("expr", ())
                for rule in rules
                if all(
                    rule[key] == chain[of] for key, of in (("family", "family"), ("table", "table"), ("chain", "name"))
                )
            ),
        )
        for chain in (entry["chain"] for entry in entries if "chain" in entry)
        if "hook" in chain
    )


def undeclared(found: Iterable[Chain], openings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What comes in that is not declared, one sentence each."""
    inbound = [chain for chain in found if chain.hook == "input" and chain.kind == "filter"]
    if not any(chain.family == "inet" and chain.policy == "drop" for chain in inbound):
        yield "no chain drops what nothing lets in"
    for chain in inbound:
        for rule in chain.rules:
            verdicts = {name for statement in rule for name in statement}
            if verdicts & _ELSEWHERE:
                yield f"chain {chain.name} goes elsewhere ({', '.join(sorted(verdicts & _ELSEWHERE))}), unjudged"
            elif "accept" in verdicts and not _is_declared(_match(rule), openings):
                yield f"chain {chain.name} lets in {_shown(rule)}, which is not declared"
    for chain in found:
        if chain.hook in {"prerouting", "ingress"}:
            moved = [name for rule in chain.rules for statement in rule for name in statement if name in _ELSEWHERE]
            if moved:
                yield f"chain {chain.name} leads packets elsewhere ({', '.join(sorted(set(moved)))})"


def closed(found: Iterable[Chain], openings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Which declared openings no rule lets in, one sentence each."""
    matches = [
        _match(rule)
        for chain in found
        if chain.hook == "input"
        for rule in chain.rules
        if any("accept" in statement for statement in rule)
    ]
    for opening in openings:
        missing = [
            source
            for source in map(IPv4Network, opening["sources"])
            if not any(match and _lets_in(match, opening) and _within([source], match.sources) for match in matches)
        ]
        if missing:
            yield f"{opening['name']} is closed to {', '.join(map(str, missing))}"


def _is_declared(match: _Match | None, openings: Sequence[Mapping[str, Any]]) -> bool:
    if match is None:
        return False
    if match.interface == "lo" or (match.states and match.states <= _REPLIES):
        return True
    if match.icmp and match.icmp <= _HARMLESS_ICMP:
        return True
    return match.sources is not None and any(
        _lets_in(match, opening) and _within(match.sources, list(map(IPv4Network, opening["sources"])))
        for opening in openings
    )


def _lets_in(match: _Match | None, opening: Mapping[str, Any]) -> bool:
    """Whether a rule is for the port of an opening and no other."""
    if match is None:
        return False
    if opening["protocol"] == "icmp":
        return match.icmp == {"echo-request"}
    return match.protocol == opening["protocol"] and match.ports == [(opening["port"], opening["port"])]


def _within(inner: Iterable[IPv4Network], outer: Sequence[IPv4Network] | None) -> bool:
    wide = list(collapse_addresses(outer or ()))
    return all(any(each.subnet_of(other) for other in wide) for each in inner)


def _match(rule: Sequence[Statement]) -> _Match | None:
    """The conditions of a rule; None when one of them is of a kind that no declared rule has."""
    found = _Match()
    for statement in rule:
        if "match" not in statement:
            continue
        condition = statement["match"]
        if condition["op"] not in {"==", "in"} or not _read(found, condition["left"], condition["right"]):
            return None
    return found


def _read(found: _Match, left: Mapping[str, Any], right: Any) -> bool:
    values = (
        right["set"] if isinstance(right, dict) and "set" in right else right if isinstance(right, list) else [right]
    )
    payload: Mapping[str, Any] = left.get("payload", {})
    asked = (payload.get("protocol"), payload.get("field"))
    if left.get("meta", {}).get("key") in {"iif", "iifname"} and len(values) == 1:
        found.interface = str(values[0])
    elif left.get("ct", {}).get("key") == "state":
        found.states = set(map(str, values))
    elif asked == ("icmp", "type"):
        found.icmp = set(map(str, values))
    elif asked in {("tcp", "dport"), ("udp", "dport")}:
        found.protocol = str(asked[0])
        found.ports = [_ports(value) for value in values]
    elif asked == ("ip", "saddr"):
        networks = [_networks(value) for value in values]
        found.sources = [each for some in networks for each in some or ()]
        return None not in networks
    else:
        return False
    return True


def _ports(value: Any) -> tuple[int, int]:
    low, high = value["range"] if isinstance(value, dict) and "range" in value else (value, value)
    return (low, high) if isinstance(low, int) and isinstance(high, int) else (0, 65535)


def _networks(value: Any) -> list[IPv4Network] | None:
    """Addresses, or None for what names them only."""
    if isinstance(value, str) and not value.startswith("@"):
        return [IPv4Network(value)]
    if isinstance(value, dict) and "prefix" in value:
        return [IPv4Network((value["prefix"]["addr"], value["prefix"]["len"]))]
    if isinstance(value, dict) and "range" in value:
        return list(summarize_address_range(*map(IPv4Address, value["range"])))
    return None


def _shown(rule: Sequence[Statement]) -> str:
    parts: list[str] = []
    for statement in rule:
        condition = statement.get("match")
        if condition:
            left = condition["left"].get("payload") or next(iter(condition["left"].values()))
            name = " ".join(str(value) for value in left.values()) if isinstance(left, dict) else str(left)
            parts.append(f"{name} {_plain(condition['right'])}")
    return ", ".join(parts) or "everything"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        if "prefix" in value:
            return f"{value['prefix']['addr']}/{value['prefix']['len']}"
        if "range" in value:
            return "-".join(map(str, value["range"]))
        return _plain(value.get("set", value)) if "set" in value else str(value)
    return " or ".join(map(_plain, value)) if isinstance(value, list) else str(value)
