"""VSPHERE-024: images are given and taken over a proven connection."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each, given
from policies.resource_types import VSPHERE_CONTENT_LIBRARY
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at both ends a library can have."""
    yield from each((_publication, _subscription), lambda judge: judge(resource))


def _publication(resource: Resource) -> Outcomes:
    publication = resource["publication"]

    def judge() -> Outcomes:
        if publication["authenticationMethod"].text("NONE") == "NONE":
            yield Problem("gives its images to whoever asks", publication["authenticationMethod"].path)

    yield from given(publication["published"].truth, judge)


def _subscription(resource: Resource) -> Outcomes:
    source = resource["subscription"]["subscriptionUrl"]
    if source.text().lower().startswith("http:"):
        yield Problem("takes images from a source that cannot prove who it is", source.path)


RULE = ResourceRule(
    id="VSPHERE-024",
    title="Images are given and taken over a proven connection",
    severity=Severity.HIGH,
    types=(VSPHERE_CONTENT_LIBRARY,),
    rationale="Guests are cloned from these images: who reads them knows what to attack, who replaces one owns "
    "every guest to come.",
    remediation="Set authenticationMethod to BASIC with a user and password where published is true; subscribe by "
    "https.",
    check=check,
)
