"""Types that are one setting of a bucket: their id is the bucket's name, and writing one replaces what was set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from providers.logic import CheckFailure
from twin.aws.session import Session
from twin.aws.spec import prop, unless_missing
from twin.aws.types.s3.bucket import GONE
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType


@dataclass(frozen=True)
class Setting:
    """How one setting is written, read and taken away."""

    put: Callable[[Any, str, Inputs], None]
    """The S3 client, the bucket, the inputs."""
    get: Callable[[Any, str], Record | None]
    """None, or an error with the code `missing`, when it is not set."""
    clear: Callable[[Any, str], object]
    missing: str = ""
    """The code of the answer when it is not set."""


def bucket_setting(
    token: str,
    properties: tuple[Property, ...],
    setting: Setting,
    rules: tuple[Callable[[Inputs], Iterable[CheckFailure]], ...] = (),
) -> ResourceType[Session]:
    """The declaration of such a type; `bucket` is added to its properties."""

    def get(call: Call[Session], bucket: str) -> Record | None:
        found = unless_missing(lambda: setting.get(call.world.client("s3"), bucket), setting.missing, *GONE)
        return None if found is None else {**found, "bucket": bucket}

    def write(call: Call[Session], bucket: str, inputs: Inputs) -> None:
        with call.world.turn(f"bucket {bucket}"):
            setting.put(call.world.client("s3"), bucket, inputs)

    def create(call: Call[Session], inputs: Inputs) -> str:
        write(call, str(inputs["bucket"]), inputs)
        return str(inputs["bucket"])

    def read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
        return get(call, id_)

    def update(call: Call[Session], id_: str, changes: Changes) -> None:
        write(call, id_, changes.new)

    def delete(call: Call[Session], id_: str, _known: Inputs) -> None:
        unless_missing(lambda: setting.clear(call.world.client("s3"), id_), setting.missing, *GONE)

    def locate(_call: Call[Session], name: str) -> Found | None:
        return Found(name.split(",", maxsplit=1)[0])

    def identify(call: Call[Session], inputs: Inputs) -> str | None:
        bucket = str(inputs["bucket"])
        return None if get(call, bucket) is None else bucket

    return ResourceType[Session](
        token,
        properties=(
            prop("bucket", "bucket", replaces=True, samples=(Given("bucket"), Given("other bucket"))),
            *properties,
        ),
        outputs=(),
        create=create,
        read=read,
        update=update,
        delete=delete,
        locate=locate,
        identify=identify,
        identity=("bucket",),
        rules=rules,
        import_syntax="the bucket's name",
    )
