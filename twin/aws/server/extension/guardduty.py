"""GuardDuty as moto lacks it.

| AWS | moto 5.2.5 | here |
|---|---|---|
| one detector a region | any number | the second is refused: BadRequestException |
| a frequency that does not exist is refused | becomes SIX_HOURS | refused: BadRequestException |
| deleting a detector that is not there is refused | passes | refused: BadRequestException |
| detectors are tagged and untagged by ARN | no tag operations | kept |
| `updatedAt` moves | does not | moves |
| the log sources no one can switch off are ENABLED | DISABLED | ENABLED |

Not mended: members and organisations, findings, malware protection, and features beside the data sources.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import unquote

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.guardduty import urls
from moto.guardduty.models import Detector, GuardDutyBackend
from moto.guardduty.responses import GuardDutyResponse

from twin.aws.server.extension.patching import parameter, replace

ADDS = (
    "one detector a region",
    "tags of detectors",
    "refusals of frequencies and detectors that do not exist",
)
FREQUENCIES = ("FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS")

_create_detector = GuardDutyBackend.create_detector
_delete_detector = GuardDutyBackend.delete_detector
_update_detector = GuardDutyBackend.update_detector
_to_json = Detector.to_json


class BadRequestError(JsonRESTError):
    """A request that GuardDuty rejects."""

    code = 400

    def __init__(self, reason: str) -> None:
        super().__init__("BadRequestException", f"The request is rejected because {reason}.")


def create_detector(
    self: GuardDutyBackend,
    enable: bool,
    finding_publishing_frequency: str | None,
    data_sources: dict[str, Any],
    tags: dict[str, str],
    features: list[dict[str, Any]],
) -> str:
    """CreateDetector."""
    if self.detectors:
        raise BadRequestError("a detector already exists for the current account")
    frequency = _frequency(finding_publishing_frequency) or "SIX_HOURS"
    return _create_detector(self, enable, frequency, data_sources, tags, features)


def delete_detector(self: GuardDutyBackend, detector_id: str) -> None:
    """DeleteDetector."""
    self.get_detector(detector_id)
    _delete_detector(self, detector_id)


def update_detector(
    self: GuardDutyBackend,
    detector_id: str,
    enable: bool,
    finding_publishing_frequency: str,
    data_sources: dict[str, Any],
    features: list[dict[str, Any]],
) -> None:
    """UpdateDetector: data sources that are not named stay as they are."""
    _frequency(finding_publishing_frequency)
    detector = self.get_detector(detector_id)
    merged = {**detector.datasources, **data_sources} if data_sources else data_sources
    _update_detector(self, detector_id, enable, finding_publishing_frequency, merged, features)
    detector.updated_at = datetime.now()


def _frequency(given: str | None) -> str | None:
    if given and given not in FREQUENCIES:
        raise BadRequestError("the input findingPublishingFrequency is invalid")
    return given


def to_json(self: Detector) -> dict[str, Any]:
    """GetDetector: what GuardDuty always reads is on."""
    described = _to_json(self)
    for name in ("cloudTrail", "dnsLogs", "flowLogs"):
        described["dataSources"][name]["status"] = "ENABLED"
    return described


def _tagged(response: GuardDutyResponse) -> Detector:
    """The detector whose ARN the path names: `/tags/arn:…:detector/ID`."""
    detector_id = unquote(response.path).rsplit("/", 1)[-1]
    return response.guardduty_backend.get_detector(detector_id)


def tag_resource(self: GuardDutyResponse) -> ActionResult:
    """TagResource."""
    _tagged(self).tags.update(parameter(self, "tags"))
    return EmptyResult()


def untag_resource(self: GuardDutyResponse) -> ActionResult:
    """UntagResource."""
    tags = _tagged(self).tags
    for key in self.querystring.get("tagKeys", []):
        tags.pop(key, None)
    return EmptyResult()


def list_tags_for_resource(self: GuardDutyResponse) -> ActionResult:
    """ListTagsForResource."""
    return ActionResult({"tags": _tagged(self).tags})


def extend() -> None:
    """Change moto's backend in place."""
    replace(GuardDutyBackend, create_detector, delete_detector, update_detector)
    replace(Detector, to_json)
    replace(GuardDutyResponse, tag_resource, untag_resource, list_tags_for_resource)
    urls.url_paths["{0}/tags/(?P<resource_arn>.+)$"] = GuardDutyResponse.dispatch
