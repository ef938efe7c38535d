"""One resource type a file; `ALL` is what the stand-in provider serves."""

from typing import Final

from twin.framework.declaration import ResourceType
from twin.vsphere.session import Session
from twin.vsphere.types.anti_affinity_rule import ANTI_AFFINITY_RULE
from twin.vsphere.types.cluster_groups import HOST_GROUP, VM_GROUP
from twin.vsphere.types.compute_cluster import COMPUTE_CLUSTER
from twin.vsphere.types.datacenter import DATACENTER
from twin.vsphere.types.distributed_port_group import DISTRIBUTED_PORT_GROUP
from twin.vsphere.types.distributed_virtual_switch import DISTRIBUTED_VIRTUAL_SWITCH
from twin.vsphere.types.entity_permissions import ENTITY_PERMISSIONS
from twin.vsphere.types.folder import FOLDER
from twin.vsphere.types.host import HOST
from twin.vsphere.types.resource_pool import RESOURCE_POOL
from twin.vsphere.types.role import ROLE
from twin.vsphere.types.tag import TAG
from twin.vsphere.types.tag_category import TAG_CATEGORY
from twin.vsphere.types.virtual_machine import VIRTUAL_MACHINE
from twin.vsphere.types.vm_host_rule import VM_HOST_RULE

ALL: Final[tuple[ResourceType[Session], ...]] = (
    DATACENTER,
    COMPUTE_CLUSTER,
    HOST,
    FOLDER,
    RESOURCE_POOL,
    DISTRIBUTED_VIRTUAL_SWITCH,
    DISTRIBUTED_PORT_GROUP,
    TAG_CATEGORY,
    TAG,
    ROLE,
    ENTITY_PERMISSIONS,
    ANTI_AFFINITY_RULE,
    HOST_GROUP,
    VM_GROUP,
    VM_HOST_RULE,
    VIRTUAL_MACHINE,
)
