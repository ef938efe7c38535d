"""Tags of AWS IoT resources, which moto drops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from moto.core.responses import ActionResult, EmptyResult
from moto.iot.exceptions import ResourceNotFoundException
from moto.iot.models import IoTBackend
from moto.iot.responses import IoTResponse

from twin.aws.server.extension.patching import parameter, replace

Tags = dict[str, dict[str, str]]
Answer = Callable[[IoTResponse], ActionResult]


def _tags(backend: IoTBackend) -> Tags:
    """The tags of a region's resources, by ARN."""
    return vars(backend).setdefault("tags", {})


def _exists(backend: IoTBackend, arn: str) -> bool:
    named = [*backend.policies.values(), *backend.rules.values()]
    return arn in backend.thing_types or arn in backend.thing_groups or any(item.arn == arn for item in named)


def _resource(response: IoTResponse) -> str:
    arn = str(parameter(response, "resourceArn"))
    if not _exists(response.iot_backend, arn):
        raise ResourceNotFoundException(f"Resource {arn} does not exist")
    return arn


def _plain(tags: list[Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags or []}


def _tagging(original: Answer, arn_of: Callable[[IoTResponse, Any], str], from_header: bool = False) -> Answer:
    """The operation, followed by keeping the tags it was sent."""

    def answer(self: IoTResponse) -> ActionResult:
        made = original(self)
        sent = dict(parse_qsl(self.headers.get("x-amz-tagging", "")))
        _tags(self.iot_backend)[arn_of(self, made.result)] = sent if from_header else _plain(parameter(self, "tags"))
        return made

    answer.__name__ = original.__name__
    return answer


def tag_resource(self: IoTResponse) -> ActionResult:
    """TagResource."""
    _tags(self.iot_backend).setdefault(_resource(self), {}).update(_plain(parameter(self, "tags")))
    return EmptyResult()


def untag_resource(self: IoTResponse) -> ActionResult:
    """UntagResource."""
    kept = _tags(self.iot_backend).get(_resource(self), {})
    for key in parameter(self, "tagKeys"):
        kept.pop(key, None)
    return EmptyResult()


def list_tags_for_resource(self: IoTResponse) -> ActionResult:
    """ListTagsForResource."""
    kept = _tags(self.iot_backend).get(_resource(self), {})
    return ActionResult({"tags": [{"Key": key, "Value": value} for key, value in sorted(kept.items())]})


def _rule_arn(response: IoTResponse, _result: Any) -> str:
    return response.iot_backend.rules[str(parameter(response, "ruleName"))].arn


CREATIONS = (
    _tagging(IoTResponse.create_thing_type, lambda _, made: made["thingTypeArn"]),
    _tagging(IoTResponse.create_thing_group, lambda _, made: made["thingGroupArn"]),
    _tagging(IoTResponse.create_policy, lambda _, made: made["policyArn"]),
    _tagging(IoTResponse.create_topic_rule, _rule_arn, from_header=True),
)


def extend() -> None:
    """Change moto's backend in place."""
    replace(IoTResponse, *CREATIONS, tag_resource, untag_resource, list_tags_for_resource)
