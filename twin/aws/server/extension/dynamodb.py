"""DynamoDB as moto lacks it.

| AWS | moto 5.2.5 | here |
|---|---|---|
| a table's encryption changes | dropped | kept; the key has to exist |
| a table on demand has no provisioned units | keeps what it had | zero |

Not mended: table classes, replicas, exports; tables are ACTIVE at once.
"""

from __future__ import annotations

from typing import Any, Final

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.kms.models import kms_backends

from twin.aws.server.extension.patching import replace

ADDS: Final = ("a table's encryption changes, with a key that exists", "a table on demand has no provisioned units")
ON_DEMAND: Final = "PAY_PER_REQUEST"

_answer_update_table = DynamoHandler.update_table
_create_table = DynamoDBBackend.create_table
_update_table = DynamoDBBackend.update_table


def _name_the_key(backend: DynamoDBBackend, encryption: dict[str, Any] | None) -> None:
    """The key by its ARN, as tables tell it."""
    key = (encryption or {}).get("KMSMasterKeyId")
    if encryption is None or key is None:
        return
    keys = kms_backends[backend.account_id][backend.region_name].keys.values()
    found = next((item for item in keys if key in (item.id, item.arn)), None)
    if found is None:
        raise MockValidationException(f"One or more parameter values were invalid: KMS key {key} does not exist")
    encryption["KMSMasterKeyId"] = found.arn


def create_table(self: DynamoDBBackend, *arguments: Any, **named: Any) -> Table:
    """CreateTable."""
    _name_the_key(self, named.get("sse_specification"))
    return _create_table(self, *arguments, **named)


def update_table_answer(self: DynamoHandler) -> Any:
    """UpdateTable, with its encryption."""
    asked = self.body.get("SSESpecification")
    if asked is not None:
        backend = self.dynamodb_backend
        _name_the_key(backend, asked)
        table = backend.get_table(self.body["TableName"])
        key = asked.get("KMSMasterKeyId") or table._get_default_encryption_key(  # pyright: ignore[reportPrivateUsage]
            backend.account_id, backend.region_name
        )
        table.sse_specification = {**asked, "KMSMasterKeyId": key} if asked.get("Enabled") else None
    return _answer_update_table(self)


def update_table(self: DynamoDBBackend, name: str, **named: Any) -> Table:
    """UpdateTable."""
    table = _update_table(self, name, **named)
    if named.get("billing_mode") == ON_DEMAND:
        table.throughput = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0}
    return table


def extend() -> None:
    """Change moto's backend in place."""
    replace(DynamoDBBackend, create_table, update_table)
    DynamoHandler.update_table = update_table_answer
