from __future__ import annotations

import pulumi
import pytest

from components.datacenters.datacenter import Datacenter, DatacenterArgs
from components.datacenters.existing import ExistingCluster, ExistingObjects
from components.datacenters.inventory import Folder
from components.datacenters.privileges import PRIVILEGES, Role
from components.datacenters.site import Category
from territory.model import Zone
from tests.unit.components.example import example
from tests.unit.components.recorder import Recorder, deploy
from tests.unit.components.standing import provider

TERRITORY = example()
HOSTS = ("lac-esxi-1", "lac-esxi-2", "lac-esxi-3")


def _deploy(existing: ExistingObjects | None = None, *, protect: bool = False, preview: bool = False) -> Recorder:
    def program() -> None:
        datacenter = Datacenter(
            "lac",
            DatacenterArgs(
                provider=provider("lac"),
                territory=TERRITORY,
                datacenter=TERRITORY.datacenters[0],
                host_password=pulumi.Output.secret("root-password"),
                existing=existing or ExistingObjects(),
                protect_state=protect,
            ),
        )
        pulumi.export("template", datacenter.site.template.uuid)
        pulumi.export("datastore", datacenter.site.datastore_id)

    return deploy(program, preview=preview)


@pytest.fixture(scope="module")
def made() -> Recorder:
    return _deploy()


def test_datacenter(made: Recorder):
    assert made["lac-datacenter"].inputs == {"name": "lac", "tags": ["lac-tags-commune-33063:id"]}


def test_cluster_has_high_availability_and_balances_itself(made: Recorder):
    assert made["lac-cluster"].inputs == {
        "name": "lac-cluster",
        "datacenterId": "lac-datacenter:moid",
        "hostManaged": True,
        "haEnabled": True,
        "haHostMonitoring": "enabled",
        "haVmMonitoring": "vmMonitoringOnly",
        "haAdmissionControlPolicy": "resourcePercentage",
        "haAdmissionControlResourcePercentageAutoCompute": True,
        "haAdmissionControlHostFailureTolerance": 2,
        "drsEnabled": True,
        "drsAutomationLevel": "fullyAutomated",
    }


def test_hosts_join_the_cluster_with_a_secret_password(made: Recorder):
    assert [host.inputs for host in made.of("Host")] == [
        {
            "hostname": name,
            "cluster": "lac-cluster:id",
            "username": "root",
            "password": "secret(root-password)",
            "lockdown": "normal",
        }
        for name in HOSTS
    ]


def test_hosts_are_grouped_by_power_feed(made: Recorder):
    # Both wait for the same hosts, so either may be registered first.
    assert sorted((group.inputs for group in made.of("ComputeClusterHostGroup")), key=lambda group: group["name"]) == [
        {
            "name": "lac-feed-a",
            "computeClusterId": "lac-cluster:id",
            "hostSystemIds": ["lac-host-lac-esxi-1:id", "lac-host-lac-esxi-3:id"],
        },
        {
            "name": "lac-feed-b",
            "computeClusterId": "lac-cluster:id",
            "hostSystemIds": ["lac-host-lac-esxi-2:id"],
        },
    ]


@pytest.mark.parametrize(
    ("switch", "name", "uplinks", "devices"),
    [
        ("lac-switches-fabric", "lac-fabric", ["uplink1", "uplink2"], ["vmnic0", "vmnic1"]),
        (
            "lac-switches-interconnect",
            "lac-interconnect",
            ["ring", "north", "south"],
            ["vmnic2", "vmnic3", "vmnic4"],
        ),
    ],
)
def test_switches_have_redundant_uplinks_and_trust_no_guest(
    made: Recorder, switch: str, name: str, uplinks: list[str], devices: list[str]
):
    assert made[switch].inputs == {
        "name": name,
        "datacenterId": "lac-datacenter:moid",
        "maxMtu": 9000,
        "uplinks": uplinks,
        "activeUplinks": uplinks,
        "standbyUplinks": [],
        "allowPromiscuous": False,
        "allowForgedTransmits": False,
        "allowMacChanges": False,
        "hosts": [{"hostSystemId": f"lac-host-{host}:id", "devices": devices} for host in HOSTS],
    }


def test_each_zone_has_a_port_group_of_its_own(made: Recorder):
    assert [group.inputs for group in made.of("DistributedPortGroup")] == [
        {
            "name": f"lac-{zone}",
            "distributedVirtualSwitchUuid": "lac-switches-fabric:id",
            "vlanId": vlan,
            "activeUplinks": ["uplink1", "uplink2"],
            "standbyUplinks": [],
            "allowPromiscuous": False,
            "allowForgedTransmits": False,
            "allowMacChanges": False,
        }
        for zone, vlan in (("admin", 100), ("services", 110), ("data", 120), ("dmz", 130), ("iot", 140))
    ]


def test_pools_share_by_criticality(made: Recorder):
    assert [pool.inputs for pool in made.of("ResourcePool")] == [
        {
            "name": name,
            "parentResourcePoolId": "lac-cluster:root-pool",
            "cpuShareLevel": "custom",
            "cpuShares": shares,
            "memoryShareLevel": "custom",
            "memoryShares": shares,
        }
        for name, shares in (("vital", 8000), ("essential", 4000), ("important", 2000), ("standard", 1000))
    ]


def test_folders_are_made_after_their_parents(made: Recorder):
    assert {folder.inputs["path"]: folder.inputs for folder in made.of("Folder")} == {
        folder.value: {"path": folder.value, "type": "vm", "datacenterId": "lac-datacenter:moid"} for folder in Folder
    }
    assert "lac-folder-platform" in made["lac-folder-platform-access"].depends_on


def test_tags_of_each_category(made: Recorder):
    assert [category.inputs for category in made.of("TagCategory")] == [
        {
            "name": name,
            "description": description,
            "cardinality": "SINGLE",
            "associableTypes": [
                "Datacenter",
                "DistributedVirtualPortgroup",
                "Folder",
                "HostSystem",
                "VirtualMachine",
                "VmwareDistributedVirtualSwitch",
            ],
        }
        for name, description in (
            ("commune", "The commune an object stands in or belongs to, by INSEE code"),
            ("service", "The service an object exists for"),
            ("criticality", "What the loss of the object costs the territory"),
            ("placement", "Where the risk analysis lets the object live"),
        )
    ]
    assert made["lac-tags-service-water"].inputs == {
        "name": "water",
        "description": "Drinking water",
        "categoryId": "lac-tags-service:id",
    }
    assert len(made.of("Tag")) == 1 + 2 + 4 + 2


def test_roles_and_who_has_them(made: Recorder):
    assert [role.inputs for role in made.of("Role")] == [
        {"name": f"metropole-{role.value}", "rolePrivileges": list(PRIVILEGES[role])} for role in Role
    ]

    def permission(group: str, role: str) -> dict[str, object]:
        return {
            "userOrGroup": f"VSPHERE.LOCAL\\metropole-{group}",
            "isGroup": True,
            "propagate": True,
            "roleId": f"lac-access-{role}:id",
        }

    assert made["lac-access-datacenter"].inputs == {
        "entityId": "lac-datacenter:moid",
        "entityType": "Datacenter",
        "permissions": [permission("auditors", "auditor"), permission("backups", "backup")],
    }
    assert [entity.inputs for entity in made.of("EntityPermissions") if "folder" in entity.name] == [
        {
            "entityId": f"lac-folder-{folder}:id",
            "entityType": "Folder",
            "permissions": [permission("operators", "operator")],
        }
        for folder in ("platform", "services")
    ]


def test_the_bastion_stands_in_the_admin_zone(made: Recorder):
    bastion = made["lac-bastion-vm"]
    assert bastion.inputs["name"] == "lac-bastion"
    assert bastion.inputs["folder"] == "platform/access"
    assert bastion.inputs["resourcePoolId"] == "lac-pool-vital:id"
    assert bastion.inputs["datastoreId"] == "lac-san-1:id"
    assert bastion.inputs["clone"] == {"templateUuid": "template-uuid"}
    assert bastion.inputs["networkInterfaces"] == [
        {
            "networkId": "lac-switches-zone-admin:id",
            "adapterType": "vmxnet3",
            "useStaticMac": True,
            "macAddress": "00:50:56:01:00:02",
        }
    ]
    assert "lac-folder-platform-access" in bastion.depends_on


def test_template_and_datastore_are_looked_up_once_the_hosts_have_joined(made: Recorder):
    assert made.outputs == {"template": "template-uuid", "datastore": "lac-san-1:id"}
    assert {f"lac-host-{host}" for host in HOSTS} <= made["lac-bastion-vm"].depends_on

    preview = _deploy(preview=True)
    assert preview.outputs == {"template": "unknown", "datastore": "unknown"}
    assert preview.invokes == []


def test_state_is_protected_in_production_only(made: Recorder):
    assert not [resource.name for resource in made.registrations if resource.protect]
    assert {
        resource.type.rpartition(":")[2] for resource in _deploy(protect=True).registrations if resource.protect
    } == {
        "Datacenter",
        "ComputeCluster",
        "Host",
        "DistributedVirtualSwitch",
    }


def test_what_exists_is_adopted_and_never_managed():
    adopted = _deploy(
        ExistingObjects(
            datacenter_id="datacenter-2",
            cluster=ExistingCluster(id="domain-c8", root_pool_id="resgroup-9"),
            host_ids={"lac-esxi-1": "host-1"},
            fabric_id="fabric-uuid",
            interconnect_id="interconnect-uuid",
            tag_category_ids={Category.SERVICE: "urn:service"},
        )
    )

    vsphere_datacenters = [r for r in adopted.of("Datacenter") if r.custom]
    assert vsphere_datacenters == adopted.of("ComputeCluster") == adopted.of("DistributedVirtualSwitch") == []
    assert [host.inputs["hostname"] for host in adopted.of("Host")] == ["lac-esxi-2", "lac-esxi-3"]
    assert {host.inputs["cluster"] for host in adopted.of("Host")} == {"domain-c8"}
    assert adopted["lac-hosts-feed-a"].inputs["hostSystemIds"] == ["host-1", "lac-host-lac-esxi-3:id"]
    assert {folder.inputs["datacenterId"] for folder in adopted.of("Folder")} == {"datacenter-2"}
    assert {pool.inputs["parentResourcePoolId"] for pool in adopted.of("ResourcePool")} == {"resgroup-9"}
    assert {g.inputs["distributedVirtualSwitchUuid"] for g in adopted.of("DistributedPortGroup")} == {"fabric-uuid"}
    assert [category.inputs["name"] for category in adopted.of("TagCategory")] == [
        "commune",
        "criticality",
        "placement",
    ]
    assert adopted["lac-tags-service-water"].inputs["categoryId"] == "urn:service"


def test_rights_are_managed_only_on_what_the_platform_made():
    adopted = _deploy(
        ExistingObjects(
            datacenter_id="datacenter-2", folder_ids={Folder.PLATFORM: "group-v3", Folder.ACCESS: "group-v4"}
        )
    )

    assert [folder.inputs["path"] for folder in adopted.of("Folder")] == [
        "platform/network",
        "platform/communes",
        "services",
    ]
    rights = {entity.inputs["entityId"]: entity.inputs["permissions"] for entity in adopted.of("EntityPermissions")}
    assert {entity: [p["userOrGroup"] for p in permissions] for entity, permissions in rights.items()} == {
        f"lac-folder-{folder}:id": [f"VSPHERE.LOCAL\\metropole-{group}s" for group in ("auditor", "backup", "operator")]
        for folder in ("platform-network", "platform-communes", "services")
    }
    assert adopted["lac-bastion-vm"].inputs["folder"] == "platform/access"


def test_a_zone_whose_port_group_exists_is_plugged_into_it():
    adopted = _deploy(ExistingObjects(zone_network_ids={Zone.ADMIN: "dvportgroup-9"}))

    made = [group.inputs["name"] for group in adopted.of("DistributedPortGroup")]
    assert made == ["lac-services", "lac-data", "lac-dmz", "lac-iot"]
    assert adopted["lac-bastion-vm"].inputs["networkInterfaces"][0]["networkId"] == "dvportgroup-9"


@pytest.mark.parametrize("preview", [False, True])
def test_every_child_names_its_vcenter_and_has_a_parent(preview: bool):
    recorder = _deploy(preview=preview)
    children = [r for r in recorder.registrations if not r.type.startswith("pulumi:providers:") and r.name != "lac"]

    assert {child.provider for child in children if child.custom} == {"vcenter-lac"}
    assert [child.name for child in children if not child.parent] == []
    assert all(child.name.startswith(f"{child.parent}-") for child in children)


def test_every_component_registers_its_outputs_once(made: Recorder):
    components = {r.name for r in made.registrations if not r.custom}
    assert components == {"lac", "lac-tags", "lac-switches", "lac-access", "lac-bastion"}
    assert {name: made.finished.count(name) for name in components} == dict.fromkeys(components, 1)
