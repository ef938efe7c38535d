"""EDGE-101: each gateway has one certificate of its own, and with it the role of its kind and no other."""

from __future__ import annotations

from functools import partial

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import IOT_CERTIFICATE, IOT_THING, THING_POLICY_ATTACHMENT, THING_PRINCIPAL
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from territory import edge
from territory.model import EdgeSite, Territory


def check(platform: Platform) -> Outcomes:
    """Follow each declared place of the fleet to its thing, its certificate and the policies on that.

    A gateway that is not enrolled yet has no certificate, and reaches nothing.
    """
    t = platform.territory
    things = {thing["name"].text(): thing for thing in platform.of(IOT_THING)}
    declared = {edge.thing_name(t, site): site for site in t.edge_sites}
    yield from each(t.edge_sites, partial(_site, t, things))
    for name, thing in things.items():
        if name not in declared:
            yield Problem("is a gateway of no place that is declared", "name", subject=thing.urn)
    yield from each(platform.of(IOT_CERTIFICATE), _certificate)


def _site(t: Territory, things: dict[str, Resource], site: EdgeSite) -> Outcomes:
    name = edge.thing_name(t, site)
    thing = things.get(name)
    if thing is None:
        yield Problem(f"has no thing {name} in the plan", subject=f"edge site {site.id}")
        return
    certificates = [
        certificate
        for attachment in thing.stack.pointing_at(thing, THING_PRINCIPAL, "thing", name="name")
        for certificate in thing.stack.targets(attachment, "principal")
        if certificate.type == IOT_CERTIFICATE
    ]
    if len(certificates) > 1:
        yield Problem(f"has {len(certificates)} certificates; expected one of its own", subject=thing.urn)
    role = edge.role_name(t, site.kind)
    yield from each(certificates, partial(_role, role))


def _role(role: str, certificate: Resource) -> Outcomes:
    attachments = certificate.stack.pointing_at(certificate, THING_POLICY_ATTACHMENT, "target")
    if not attachments:
        yield Problem(f"has no policy; expected {role}", subject=certificate.urn)

    def judge(attachment: Resource) -> Outcomes:
        found = attachment["policy"].text()
        if found != role:
            yield Problem(f"gives the policy {found}; expected {role} alone", "policy", subject=attachment.urn)

    yield from each(attachments, judge)


def _certificate(certificate: Resource) -> Outcomes:
    holders = certificate.stack.pointing_at(certificate, THING_PRINCIPAL, "principal")
    if len(holders) != 1:
        yield Problem(f"is the certificate of {len(holders)} things; expected one", subject=certificate.urn)
    if not certificate["active"].truth(default=False):
        yield Problem("is not active", "active", subject=certificate.urn)


RULE = TerritoryRule(
    id="EDGE-101",
    title="Each gateway has one certificate, and the role of its own kind",
    severity=Severity.HIGH,
    rationale="Gateways hang on lamp-posts: one that is stolen must not speak for others, nor for a pumping station.",
    remediation="One Certificate a Thing, one PolicyAttachment on it with policy: <territory>_<kind>.",
    check=check,
)
