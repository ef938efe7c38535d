"""Private networks, their routes and filters, and the machines in them."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.ec2.default_security_group import DEFAULT_SECURITY_GROUP
from twin.aws.types.ec2.flow_log import FLOW_LOG
from twin.aws.types.ec2.instance import INSTANCE
from twin.aws.types.ec2.route import ROUTE
from twin.aws.types.ec2.route_table import ROUTE_TABLE
from twin.aws.types.ec2.route_table_association import ROUTE_TABLE_ASSOCIATION
from twin.aws.types.ec2.security_group import SECURITY_GROUP
from twin.aws.types.ec2.security_group_rules import SECURITY_GROUP_EGRESS_RULE, SECURITY_GROUP_INGRESS_RULE
from twin.aws.types.ec2.subnet import SUBNET
from twin.aws.types.ec2.vpc import VPC
from twin.aws.types.ec2.vpc_endpoint import VPC_ENDPOINT
from twin.framework.declaration import ResourceType

EC2: Final[tuple[ResourceType[Session], ...]] = (
    VPC,
    SUBNET,
    ROUTE_TABLE,
    ROUTE,
    ROUTE_TABLE_ASSOCIATION,
    SECURITY_GROUP,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_EGRESS_RULE,
    DEFAULT_SECURITY_GROUP,
    VPC_ENDPOINT,
    FLOW_LOG,
    INSTANCE,
)
