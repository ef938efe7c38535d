"""aws.iot.TopicRule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from providers.logic import CheckFailure
from twin.aws.session import Session
from twin.aws.spec import output, parsed, prop, request, unless_missing
from twin.aws.tags import TAGS
from twin.aws.types.iot.tagging import lean, tags_of, update_tags
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType
from twin.framework.values import Plain

MISSING: Final = ("ResourceNotFoundException", "UnauthorizedException")
"""AWS calls a rule that is not there one that the caller may not see."""


def _field(name: str, **facts: Any) -> Property:
    return prop(name, name, **facts)


_SQS = (_field("queueUrl"), _field("roleArn"), _field("useBase64"))
_SNS = (_field("targetArn"), _field("roleArn"), _field("messageFormat", default="RAW"))
_DYNAMODB = (_field("roleArn"), _field("putItem", fields=(_field("tableName"),)))
_LOGS = (_field("logGroupName"), _field("roleArn"), _field("batchMode", default=False))
_REPUBLISH = (_field("topic"), _field("roleArn"), _field("qos", default=0))

ROLE: Final = Given("iot role")

ACTIONS: Final[tuple[Property, ...]] = (
    prop(
        "sqs",
        "sqs",
        unordered=True,
        fields=_SQS,
        samples=(
            [{"queueUrl": Given("queue"), "roleArn": ROLE, "useBase64": False}],
            [{"queueUrl": Given("other queue"), "roleArn": ROLE, "useBase64": True}],
        ),
    ),
    prop(
        "sns",
        "sns",
        unordered=True,
        fields=_SNS,
        samples=(
            [{"targetArn": Given("topic"), "roleArn": ROLE}],
            [{"targetArn": Given("topic"), "roleArn": ROLE, "messageFormat": "JSON"}],
        ),
    ),
    prop(
        "dynamodbv2s",
        "dynamoDBv2",
        unordered=True,
        fields=_DYNAMODB,
        samples=(
            [{"roleArn": ROLE, "putItem": {"tableName": "events"}}],
            [{"roleArn": ROLE, "putItem": {"tableName": "other-events"}}],
        ),
    ),
    prop(
        "cloudwatchLogs",
        "cloudwatchLogs",
        unordered=True,
        fields=_LOGS,
        samples=(
            [{"roleArn": ROLE, "logGroupName": "events"}],
            [{"roleArn": ROLE, "logGroupName": "other-events", "batchMode": True}],
        ),
    ),
    prop(
        "republishes",
        "republish",
        unordered=True,
        fields=_REPUBLISH,
        samples=([{"roleArn": ROLE, "topic": "north"}], [{"roleArn": ROLE, "topic": "south", "qos": 1}]),
    ),
)
ERROR_ACTION: Final = (
    _field("sqs", fields=_SQS),
    _field("cloudwatchLogs", fields=_LOGS),
    _field("sns", fields=_SNS),
)


def _payload(inputs: Inputs) -> dict[str, Any]:
    actions = request(ACTIONS, inputs)
    settings = request(TOPIC_RULE.properties, inputs, ("sql", "sqlVersion", "description", "errorAction"))
    return {
        **settings,
        "ruleDisabled": not inputs["enabled"],
        "actions": [{kind: one} for kind, several in actions.items() for one in several],
    }


def _create(call: Call[Session], inputs: Inputs) -> str:
    name = str(inputs["name"])
    call.world.client("iot").create_topic_rule(
        ruleName=name, topicRulePayload=_payload(inputs), tags=urlencode(inputs.get("tagsAll") or {})
    )
    return name


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = unless_missing(lambda: call.world.client("iot").get_topic_rule(ruleName=id_), *MISSING)
    if found is None:
        return None
    rule = found["rule"]
    actions: dict[str, Plain] = {
        item.path: [action[item.path] for action in rule["actions"] if item.path in action] for item in ACTIONS
    }
    return {
        **rule,
        **{kind: several for kind, several in actions.items() if several},
        "errorAction": lean(rule.get("errorAction") or {}),
        "enabled": not rule["ruleDisabled"],
        "ruleArn": found["ruleArn"],
        **tags_of(call, found["ruleArn"], known),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.names - {"tags", "tagsAll"}:
        call.world.client("iot").replace_topic_rule(ruleName=id_, topicRulePayload=_payload(changes.new))
    update_tags(call, changes.old["arn"], changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("iot").delete_topic_rule(ruleName=id_), *MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, inputs["name"], {}) is None else str(inputs["name"])


def _is_named(inputs: Inputs) -> Iterable[CheckFailure]:
    if "name" not in inputs:
        yield CheckFailure("name", "`name` is missing: names of rules have letters, digits and _ only, none is made up")


def _error_action(answer: Plain) -> Plain:
    return parsed(ERROR_ACTION, answer) or None


TOPIC_RULE = ResourceType[Session](
    "aws:iot/topicRule:TopicRule",
    properties=(
        prop("name", "ruleName", replaces=True, samples=("events_north", "events_south")),
        prop("enabled", "enabled", samples=(True, False)),
        prop("sql", "sql", samples=("SELECT * FROM 'north/#'", "SELECT temperature FROM 'south/#'")),
        prop("sqlVersion", "awsIotSqlVersion", samples=("2016-03-23", "2015-10-08")),
        prop("description", "description", samples=("north", "south")),
        *ACTIONS,
        prop(
            "errorAction",
            "errorAction",
            fields=ERROR_ACTION,
            decode=_error_action,
            samples=(
                {"sqs": {"queueUrl": Given("queue"), "roleArn": ROLE, "useBase64": False}},
                {"cloudwatchLogs": {"logGroupName": "errors", "roleArn": ROLE}},
            ),
        ),
        *TAGS,
    ),
    outputs=(output("arn", "ruleArn"),),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    rules=(_is_named,),
    import_syntax="the rule's name",
)
