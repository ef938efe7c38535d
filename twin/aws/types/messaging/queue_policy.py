"""aws.sqs.QueuePolicy."""

from __future__ import annotations

from providers.logic import ProviderError
from twin.aws.documents import policy
from twin.aws.session import Session
from twin.aws.spec import prop
from twin.aws.types.messaging.queue import attributes
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType


def _write(call: Call[Session], url: str, text: str) -> None:
    call.world.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})


def _create(call: Call[Session], inputs: Inputs) -> str:
    url = str(inputs["queueUrl"])
    with call.world.turn(f"policy of {url}"):
        if _read(call, url, inputs) is not None:
            raise ProviderError(f"a policy of queue {url} already exists")
        _write(call, url, inputs["policy"])
    return url


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    found = attributes(call, id_)
    if found is None or not found.get("Policy"):
        return None
    return {"queueUrl": id_, "Policy": found["Policy"]}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    _write(call, id_, changes.new["policy"])


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    if attributes(call, id_) is not None:
        _write(call, id_, "")


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, inputs["queueUrl"], inputs) is None else str(inputs["queueUrl"])


QUEUE_POLICY = ResourceType[Session](
    "aws:sqs/queuePolicy:QueuePolicy",
    properties=(
        prop("queueUrl", "queueUrl", replaces=True, samples=(Given("queue"), Given("other queue"))),
        policy("policy", samples=(Given("queue policy"), Given("other queue policy"))),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("queueUrl",),
    import_syntax="the queue's URL",
)
