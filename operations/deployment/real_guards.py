"""The guards around the real world, all of which must hold before the first change.

1. The tier was asked for by name (`operations.tiers`).
2. Every stack's configuration names, for each datacenter, its vCenter's instance UUID and, for each cloud region, the
   account.
3. Each vCenter, asked now, has that UUID, and the credentials at hand are that account's; none of them is a twin's.
4. A person typed the territory's name at a terminal, or `--approved` carries it: for an `up`, in an approval of this
   very plan and state.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from operations.errors import AnswerNo, InputError, MachineError
from operations.worlds.world import SIMULATED_ACCOUNTS, instance_uuid
from territory.model import Territory

CLOUD_KEY = "metropole:cloud"
VCENTERS_KEY = "metropole:vcenters"

OLDEST_VERSION = "vim.version.version9"
"""The API version asked with: every vCenter still in support understands it."""

AskInstanceUuid = Callable[[str, bool], str]
"""Server (`host` or `host:port`) and whether its certificate may go unverified, to instance UUID."""
AskAccount = Callable[[str], str]
"""AWS's name of a region to the account id."""


@dataclass(frozen=True)
class RealTarget:
    """What a stack's configuration says it may change."""

    accounts: Mapping[str, tuple[str, str]]
    """Cloud region id to the provider's name of the region and the account."""
    vcenters: Mapping[str, tuple[str, str, bool]]
    """Datacenter id to server, expected instance UUID, and whether an unverified certificate is accepted."""


def target_of(stack: str, configuration: Mapping[str, object], territory: Territory) -> RealTarget:
    """What a real stack names; `InputError` says which key is missing or names a twin."""
    where = f"the configuration of stack {stack}"
    accounts: dict[str, tuple[str, str]] = {}
    for region in territory.cloud_regions:
        settings = _entry(configuration, CLOUD_KEY, region.id)
        account = str(settings.get("accountId", ""))
        if not account:
            raise InputError(
                f"{where} names no account for {region.id}",
                f"pulumi config set --path '{CLOUD_KEY}.{region.id}.accountId' ACCOUNT-ID --type string -s {stack}",
            )
        if account.startswith(SIMULATED_ACCOUNTS) or "endpoint" in settings:
            raise InputError(f"{where} names a simulated cloud for {region.id}", "leave --tier real out")
        accounts[region.id] = (region.provider_region, account)
    vcenters: dict[str, tuple[str, str, bool]] = {}
    for datacenter in territory.datacenters:
        settings = _entry(configuration, VCENTERS_KEY, datacenter.id)
        server, uuid = str(settings.get("server", "")), str(settings.get("instanceUuid", "")).lower()
        if not server or not uuid:
            raise InputError(
                f"{where} does not name the server and the instance UUID of {datacenter.id}'s vCenter",
                f"pulumi config set --path '{VCENTERS_KEY}.{datacenter.id}.instanceUuid' UUID -s {stack}",
            )
        if uuid == instance_uuid(territory.name, datacenter.id):
            raise InputError(f"{where} names a simulated vCenter for {datacenter.id}", "leave --tier real out")
        vcenters[datacenter.id] = (server, uuid, bool(settings.get("allowUnverifiedSsl", False)))
    return RealTarget(accounts, vcenters)


def _entry(configuration: Mapping[str, object], key: str, name: str) -> Mapping[str, object]:
    named = configuration.get(key)
    entry = cast("Mapping[str, object]", named).get(name) if isinstance(named, Mapping) else None
    return cast("Mapping[str, object]", entry) if isinstance(entry, Mapping) else {}


def check_vcenters(target: RealTarget, ask: AskInstanceUuid | None = None) -> None:
    """Refuse unless every vCenter is, now, the one the configuration names."""
    ask = ask or ask_instance_uuid
    for datacenter, (server, expected, unverified) in target.vcenters.items():
        found = ask(server, unverified).lower()
        if found != expected:
            raise InputError(
                f"the vCenter of {datacenter} at {server} is {found}, the configuration expects {expected}",
                "nothing was changed; correct the server or the instance UUID in the stack's configuration",
            )


def check_accounts(target: RealTarget, ask: AskAccount | None = None) -> None:
    """Refuse unless the credentials at hand are, now, those of the account the configuration names."""
    ask = ask or ask_account
    for region, (provider_region, expected) in target.accounts.items():
        found = ask(provider_region)
        if found != expected:
            raise InputError(
                f"the AWS credentials at hand are of account {found}, the configuration of {region} names {expected}",
                "nothing was changed; take the other account's credentials, or correct the configuration",
            )


def ask_account(provider_region: str) -> str:
    """Ask AWS whose credentials the ordinary chain finds."""
    import boto3  # noqa: PLC0415 - likewise
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        return str(boto3.client("sts", region_name=provider_region).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise MachineError(
            f"AWS ({provider_region}) does not say whose credentials these are: {error}", "nothing was changed"
        ) from error


def ask_instance_uuid(server: str, unverified: bool) -> str:
    """Ask a vCenter who it is; no login is needed for that."""
    from pyVmomi import vim  # noqa: PLC0415 - half a second of start-up that only this needs
    from pyVmomi.SoapAdapter import SoapStubAdapter  # noqa: PLC0415

    host, _, port = server.partition(":")
    context = ssl.create_default_context()
    if unverified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    stub = SoapStubAdapter(
        host=host, port=int(port or 443), path="/sdk", sslContext=context, version="vim.version.version9"
    )
    try:
        return str(vim.ServiceInstance("ServiceInstance", stub).RetrieveContent().about.instanceUuid)
    except OSError as error:
        raise MachineError(f"the vCenter at {server} does not answer: {error}", "nothing was changed") from error


def confirm(
    territory: str,
    approved: str | None,
    read_line: Callable[[], str] | None = None,
    *,
    unattended: str | None = None,
) -> None:
    """Take a person's word, or the territory that `--approved` carries, that the real platform may change.

    `unattended` is what gives that word where there is no terminal.
    """
    if approved is not None:
        if approved != territory:
            raise InputError(f"--approved names {approved!r}, but this run would change {territory!r}")
        return
    if read_line is None and not sys.stdin.isatty():
        raise InputError(
            "a change of the real platform needs a confirmation and there is no terminal to ask on",
            unattended or f"--approved {territory}",
        )
    sys.stderr.write(f"This changes the REAL platform. Type the territory's name ({territory}) to go on: ")
    sys.stderr.flush()
    if (read_line or input)().strip() != territory:
        raise AnswerNo("not confirmed: nothing was changed")
