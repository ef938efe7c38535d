"""NET-003: nobody on the internet talks to a database, a cache or a cluster's memory."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Severity
from policies.openings import OPENING_TYPES, ports_open_to_everybody
from policies.rule import ResourceRule
from policies.subjects import Resource

DATABASE_PORTS: Final = (
    1433,  # SQL Server
    1521,  # Oracle
    2379,  # etcd
    3306,  # MySQL, MariaDB
    5432,  # PostgreSQL
    5439,  # Redshift
    6379,  # Redis
    8182,  # Neptune
    9042,  # Cassandra
    9200,  # OpenSearch
    11211,  # memcached
    27017,  # MongoDB
)


def check(resource: Resource) -> Outcomes:
    """Look at everything that lets somebody in."""
    yield from ports_open_to_everybody(resource, DATABASE_PORTS, "a database's port")


RULE = ResourceRule(
    id="NET-003",
    title="No database is open to the internet",
    severity=Severity.CRITICAL,
    types=OPENING_TYPES,
    rationale="A database that everybody reaches is one password, or one flaw, away from everybody having its data.",
    remediation="Let in the security group of the application (referencedSecurityGroupId), or its own addresses alone.",
    check=check,
)
