"""The provider talks to the twin's vCenters only, and says what is wrong with its settings."""

from __future__ import annotations

from typing import Any

import pytest

from providers.logic import PartialFailure, ProviderError
from tests.twin.vsphere.given import Site
from tests.twin.vsphere.subjects import Subject, minimal
from tests.twin.vsphere.vcenters import PASSWORD, USER, Known
from twin.framework.values import UNKNOWN, plain_map, wrap
from twin.vsphere.provider import VSphereProvider
from twin.vsphere.session import connect

pytestmark = [pytest.mark.api, pytest.mark.filterwarnings("ignore:Unverified HTTPS request")]


def _settings(site: Site, **others: Any) -> dict[str, Any]:
    values = {"vsphereServer": site.vcenter.server, "user": USER, "password": PASSWORD, "allowUnverifiedSsl": "true"}
    return {name: wrap(value) for name, value in {**values, **others}.items()}


def test_right_settings_log_in(site: Site) -> None:
    provider = VSphereProvider(Known((site.vcenter.server,)))
    checked = provider.check_config(_settings(site, version="4.17.1"))
    assert not checked.failures
    assert checked.inputs["password"].is_secret
    provider.configure(checked.inputs)
    assert provider.world().content.about.instanceUuid == site.vcenter.content.about.instanceUuid
    provider.close()


def test_a_server_that_is_not_the_twins_is_refused_unseen(site: Site) -> None:
    provider = VSphereProvider(Known((site.vcenter.server,)))
    with pytest.raises(ProviderError, match=r"'192\.0\.2\.7' is not one of the twin's"):
        provider.configure(_settings(site, vsphereServer="192.0.2.7"))


def test_a_wrong_password_is_told(site: Site) -> None:
    provider = VSphereProvider(Known((site.vcenter.server,)))
    with pytest.raises(ProviderError, match="wrong user name or password") as failure:
        provider.configure(_settings(site, password="nonsense"))
    assert "nonsense" not in str(failure.value)


def test_a_certificate_is_checked_unless_told_otherwise(site: Site) -> None:
    provider = VSphereProvider(Known((site.vcenter.server,)))
    with pytest.raises(ProviderError, match="certificate"):
        provider.configure(_settings(site, allowUnverifiedSsl="false"))


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(ProviderError, match=r"cannot reach vCenter 127\.0\.0\.1:1"):
        connect("127.0.0.1:1", USER, PASSWORD, verify=False)


def test_the_environment_counts_for_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"VSPHERE_SERVER": "192.0.2.7", "VSPHERE_USER": "x", "VSPHERE_PASSWORD": "y"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HTTPS_PROXY", "http://192.0.2.8:3128")
    provider = VSphereProvider(Known((site.vcenter.server,)))
    failures = provider.check_config({}).failures
    assert {failure.property for failure in failures} == {"vsphereServer", "user", "password"}
    provider.configure(_settings(site))
    assert provider.invoke("vsphere:index/getTagCategory:getTagCategory", {"name": wrap("given-category")})[0]
    provider.close()


@pytest.mark.parametrize(("name", "reason"), [("apiTimeout", "does not exercise it"), ("sever", "does not exist")])
def test_other_settings_are_refused_by_name(name: str, reason: str, site: Site) -> None:
    failures = VSphereProvider(Known(())).check_config(_settings(site, **{name: "1"})).failures
    assert [failure.property for failure in failures] == [name]
    assert reason in failures[0].reason


def test_an_unknown_password_previews_and_does_nothing_else(site: Site) -> None:
    provider = VSphereProvider(Known((site.vcenter.server,)))
    provider.configure(_settings(site, password=UNKNOWN))
    subject = Subject(provider, "Datacenter")
    inputs = subject.check({"name": "later"})
    shown = provider.create(subject.urn, subject.token, inputs, True, 0)
    assert plain_map(shown.properties)["moid"] is UNKNOWN
    with pytest.raises(ProviderError, match="not known yet"):
        provider.create(subject.urn, subject.token, inputs, False, 0)


def test_a_tag_that_does_not_exist_leaves_a_resource_that_can_be_mended(site: Site, provider: VSphereProvider) -> None:
    subject = Subject(provider, "Folder")
    values = site.resolve(minimal("Folder"))
    wrong = {**values, "tags": ["urn:vmomi:InventoryServiceTag:none:GLOBAL"]}
    inputs = subject.check(wrong)
    with pytest.raises(PartialFailure, match="no such tag") as failure:
        provider.create(subject.urn, subject.token, inputs, False, 0)
    subject.id, subject.inputs, subject.outputs = failure.value.id, inputs, failure.value.properties
    assert subject.seen()["path"] == values["path"]
    right = {**values, "tags": [site.ids["tag"]]}
    assert list(subject.diff(right).changes) == ["tags"]
    subject.update(right)
    assert subject.seen()["tags"] == [site.ids["tag"]]
    subject.delete()


def test_a_host_password_shows_nowhere(site: Site, provider: VSphereProvider) -> None:
    subject = Subject(provider, "Host")
    values = {**site.resolve(minimal("Host")), "password": "not the one"}
    with pytest.raises(ProviderError, match="host addition failed") as failure:
        subject.create(values)
    assert "not the one" not in str(failure.value)
    subject.create({**values, "password": site.ids["host password"]})
    assert subject.outputs["password"].is_secret
    subject.delete()
