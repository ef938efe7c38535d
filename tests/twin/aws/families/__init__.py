"""One module a family of types: its cases, and what of it exists before the tests start.

Each has `CASES` (module and name of a type, as in `kms.Key`, to its case) and `given(account)`, which makes what
samples call by `Given` names, and returns their ids.
"""

from __future__ import annotations

from tests.twin.aws.account import Account
from tests.twin.aws.case import Case
from tests.twin.aws.families import (
    account_wide,
    backup,
    cloudwatch,
    ec2,
    ec2_machines,
    iam,
    iot,
    kms,
    messaging,
    route53,
    s3,
    vpn,
)

FAMILIES = (kms, s3, iam, messaging, cloudwatch, route53, iot, backup, account_wide, ec2, ec2_machines, vpn)

CASES: dict[str, Case] = {kind: case for family in FAMILIES for kind, case in family.CASES.items()}


def prepare(account: Account) -> None:
    """Fill an empty account. A family may refer to what an earlier one has given."""
    for family in FAMILIES:
        account.ids.update(family.given(account))
