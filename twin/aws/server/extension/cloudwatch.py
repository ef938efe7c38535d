"""CloudWatch alarms as moto lacks them.

| AWS | moto 5.2.5 | here |
|---|---|---|
| a new alarm has no data yet: INSUFFICIENT_DATA | OK | as AWS |
| an alarm that is changed keeps its state | OK again | as AWS |
| tags go with their alarm | come back with the next of its name | go |

Not mended: alarms never change their state by themselves; `set_alarm_state` does it for a drill.
"""

from __future__ import annotations

from typing import Any, Final

from moto.cloudwatch.models import Alarm, CloudWatchBackend

from twin.aws.server.extension.patching import replace

ADDS: Final = ("a new alarm is INSUFFICIENT_DATA, and one that is changed keeps its state",)
STATE: Final = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history")

_put_metric_alarm = CloudWatchBackend.put_metric_alarm
_delete_alarms = CloudWatchBackend.delete_alarms


def put_metric_alarm(self: CloudWatchBackend, name: str, *arguments: Any, **named: Any) -> Alarm:
    """PutMetricAlarm."""
    before = self.alarms.get(name)
    alarm = _put_metric_alarm(self, name, *arguments, **named)
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
    else:
        for attribute in STATE:
            setattr(alarm, attribute, getattr(before, attribute))
    return alarm


def delete_alarms(self: CloudWatchBackend, alarm_names: list[str]) -> None:
    """DeleteAlarms."""
    for name in alarm_names:
        alarm = self.alarms.get(name)
        if alarm is not None:
            self.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
    _delete_alarms(self, alarm_names)


def extend() -> None:
    """Change moto's backend in place."""
    replace(CloudWatchBackend, put_metric_alarm, delete_alarms)
