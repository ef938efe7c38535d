"""The stand-in provider the daemon serves under the name `aws`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from providers.logic import Change, CheckResult, DiffResult, Properties, ProviderError
from twin.aws.boto import client
from twin.aws.session import Session
from twin.aws.settings import Settings, read_settings, setting_failures
from twin.aws.sources import ALL as SOURCES
from twin.aws.spec import code_of
from twin.aws.tags import all_tags
from twin.aws.types import ALL as TYPES
from twin.framework.declaration import Package
from twin.framework.provider import DeclaredProvider
from twin.framework.schema import SchemaFacts
from twin.framework.values import plain, plain_map, wrap
from twin.lookup import WorldLookup

SCHEMA_DIRECTORY: Final = Path(__file__).with_name("schema")
SCHEMA: Final = SchemaFacts.load_directory(SCHEMA_DIRECTORY)
PACKAGE: Final = Package.of(TYPES, SOURCES)


class AWSProvider(DeclaredProvider[Session]):
    """One configured instance. It talks to a cloud of the twin, and to nothing else.

    No environment variable and no file of a home directory is read: only the provider's own configuration counts.
    """

    name = "aws"
    version = "7.51.0"

    def __init__(self, worlds: WorldLookup) -> None:
        super().__init__(PACKAGE, SCHEMA)
        self._worlds = worlds
        self._session: Session | None = None

    def check(self, urn: str, type_: str, olds: Properties, news: Properties) -> CheckResult:
        """Refuse what the official provider would refuse; as it does, put the default tags on what takes tags."""
        declared = PACKAGE.types.get(type_)
        if declared is not None and declared.property("tagsAll") is not None:
            tags = news.get("tags")
            merged = all_tags(self._session, None if tags is None else plain(tags))
            secret = tags is not None and tags.contains_secret()
            news = {**news, "tagsAll": wrap(merged, secret=secret)}
        return super().check(urn, type_, olds, news)

    def check_config(self, news: Properties) -> CheckResult:
        """Refuse settings that are missing, unknown, or that the twin does not exercise."""
        return CheckResult(news, tuple(setting_failures(plain_map(news))))

    def diff_config(self, olds: Properties, news: Properties) -> DiffResult:
        """Another region replaces everything; other settings replace nothing."""
        before, after = plain_map(olds), plain_map(news)
        changes: dict[str, Change] = {}
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                changes[name] = Change.UPDATE_REPLACE if name == "region" else _change(name, before, after)
        return DiffResult(changes)

    def configure(self, config: Properties) -> None:
        """Ask the cloud who we are, unless a setting is only known once something else exists."""
        given = plain_map(config)
        settings = read_settings(given)
        if settings is None:
            return
        for server in sorted(settings.servers):
            found = self._worlds.endpoint(server)
            if found is None or found.cloud != "aws":
                raise ProviderError(
                    f"{server!r} is not a cloud of the twin: the stand-in aws provider connects to nothing else; "
                    "use the tier `real` with the official provider for a real account"
                )
        self._session = _open(settings)

    def attach(self, session: Session) -> None:
        """Serve an open session."""
        self._session = session

    def world(self) -> Session:
        """The session. Raises `ProviderError` while the configuration is not known."""
        if self._session is None:
            raise ProviderError("the aws provider's configuration is not known yet")
        return self._session

    def explain(self, error: Exception) -> ProviderError | None:
        """An error of the cloud, or of the way to it, in one sentence."""
        if isinstance(error, ClientError):
            said = error.response.get("Error", {}).get("Message", "")
            return ProviderError(f"{error.operation_name}: {code_of(error)}: {said}")
        if isinstance(error, BotoCoreError):
            return ProviderError(str(error))
        return None

    def close(self) -> None:
        """Nothing is held: clients are the process's, and no API of AWS knows sessions."""


def _open(settings: Settings) -> Session:
    places = settings.places
    if "sts" not in places:
        raise ProviderError("the aws provider has no endpoint for sts, so that it cannot tell which account it is in")
    try:
        account = str(client(places["sts"], "sts").get_caller_identity()["Account"])
    except (ClientError, BotoCoreError) as error:
        raise ProviderError(f"the cloud at {places['sts'].endpoint} refuses the provider: {error}") from error
    if settings.allowed_accounts and account not in settings.allowed_accounts:
        allowed = ", ".join(settings.allowed_accounts)
        raise ProviderError(f"AWS account ID not allowed: {account} (allowedAccountIds: {allowed})")
    return Session(places, settings.region, account, settings.default_tags)


def _change(name: str, before: dict[str, Any], after: dict[str, Any]) -> Change:
    if name not in before:
        return Change.ADD
    return Change.UPDATE if name in after else Change.DELETE
