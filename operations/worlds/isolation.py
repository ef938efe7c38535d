"""The environment of everything started for a twin: nothing in it can reach, or be mistaken for, the real world.

Whatever the person's shell holds (cloud keys, vCenter passwords, a Pulumi token, proxies) is taken away rather than
overridden one by one, so a variable nobody thought of cannot slip through with one of the known prefixes.
"""

from __future__ import annotations

from collections.abc import Mapping

HIDDEN_PREFIXES = (
    "AWS_",
    "AMAZON_",
    "VSPHERE_",
    "GOVC_",
    "GOVMOMI_",
    "VCENTER_",
    "PULUMI_",
    "AZURE_",
    "ARM_",
    "GOOGLE_",
    "GCP_",
    "CLOUDSDK_",
    "TF_",
)
"""Variables of clouds, hypervisors and engines; ours are set again afterwards."""

HIDDEN_NAMES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY"})
"""Compared without regard to case: everything a twin talks to is on loopback."""

CLOSED_DOORS = {
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "*",
    "no_proxy": "*",
}
"""`~/.aws` and the instance's metadata are looked for even when no variable names them."""


def is_hidden(name: str) -> bool:
    """Whether a variable of this name is kept from a twin's children."""
    upper = name.upper()
    return upper in HIDDEN_NAMES or upper.startswith(HIDDEN_PREFIXES)


def twin_environment(inherited: Mapping[str, str], additions: Mapping[str, str]) -> dict[str, str]:
    """The environment of a twin's child process: what is harmless of `inherited`, closed doors, then `additions`."""
    kept = {name: value for name, value in inherited.items() if not is_hidden(name)}
    return {**kept, **CLOSED_DOORS, **additions}


def hidden_names(inherited: Mapping[str, str]) -> tuple[str, ...]:
    """The credentials and proxies found in an environment, by name only, sorted: what a command says it hides."""
    ours = ("PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_SKIP_UPDATE_CHECK")
    return tuple(sorted(name for name in inherited if is_hidden(name) and name not in ours))
