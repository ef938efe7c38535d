"""What holds state: the types whose deletion loses what nobody can make again."""

from __future__ import annotations

from typing import Final

from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.subjects import Resource

ALWAYS_STATEFUL: Final = (
    "aws:acmpca/certificateAuthority:CertificateAuthority",
    "aws:backup/vault:Vault",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cognito/userPool:UserPool",
    "aws:docdb/cluster:Cluster",
    "aws:dynamodb/globalTable:GlobalTable",
    "aws:dynamodb/table:Table",
    "aws:ebs/volume:Volume",
    "aws:ecr/repository:Repository",
    "aws:efs/fileSystem:FileSystem",
    "aws:elasticsearch/domain:Domain",
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "aws:fsx/ontapFileSystem:OntapFileSystem",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem",
    "aws:fsx/windowsFileSystem:WindowsFileSystem",
    "aws:kinesis/stream:Stream",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:mq/broker:Broker",
    "aws:msk/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
    "aws:opensearch/domain:Domain",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:redshift/cluster:Cluster",
    "aws:route53/zone:Zone",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:secretsmanager/secret:Secret",
    "aws:timestreamwrite/table:Table",
    "vsphere:index/contentLibrary:ContentLibrary",
    "vsphere:index/datacenter:Datacenter",
    "vsphere:index/virtualDisk:VirtualDisk",
    "vsphere:index/vmfsDatastore:VmfsDatastore",
)
STATEFUL: Final = (*ALWAYS_STATEFUL, VSPHERE_VIRTUAL_MACHINE)
"""With those that hold state in part."""


def holds_state(resource: Resource) -> bool:
    """Whether a resource of one of the types above does: a guest when it has a disk beside the one it boots from."""
    return resource.type in ALWAYS_STATEFUL or len(resource["disks"].items) > 1
