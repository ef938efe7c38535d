"""References to other stacks: answered with what the upstream stack's own plan exports."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf import struct_pb2

from planning import wire

STACK_REFERENCE = "pulumi:pulumi:StackReference"


class StackReferences:
    """The outputs of the stacks planned so far, secrets and unknowns included."""

    def __init__(self, project: str, outputs: Mapping[str, struct_pb2.Struct]) -> None:
        self._project = project
        self._outputs = outputs

    def read(self, name: str) -> struct_pb2.Struct:
        """The properties of a reference to `stack` or `organization/project/stack`; `LookupError` when unplanned."""
        *qualifiers, stack = name.split("/")
        foreign = len(qualifiers) > 1 and qualifiers[-1] != self._project
        if foreign or stack not in self._outputs:
            raise LookupError(f"it reads the outputs of stack '{name}', which is not planned before it")
        outputs = wire.plain_map(self._outputs[stack])
        return wire.packed(
            {
                "name": name,
                "outputs": outputs,
                "secretOutputNames": sorted(key for key, value in outputs.items() if wire.contains_secret(value)),
            }
        )
