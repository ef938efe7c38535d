"""`python -m twin.aws.schema_extraction` writes the schema facts of every declared type, out of the installed SDK.

The SDK carries types, requiredness and secrets; which change forces a replacement it does not say: declarations do.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
import types
import typing
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import Enum
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, cast

import pulumi
import pulumi_aws
from pulumi import _types as sdk_types  # pyright: ignore[reportPrivateUsage] - the SDK says its types nowhere else

from twin.aws.types import ALL
from twin.framework.schema import TOKENS_FILE

DIRECTORY: Final = Path(__file__).with_name("schema")
SOURCE: Final = "introspection of pulumi-aws {version}, facts only"

_SECRET_INPUT: Final = re.compile(r'__props__\.__dict__\["(\w+)"\] = None if \w+ is None else pulumi\.Output\.secret\(')
_SECRET_OUTPUTS: Final = re.compile(r"additional_secret_outputs=(\[[^\]]*\])")
_PRIMITIVES: Final = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    Any: "pulumi.json#/Any",
    pulumi.Asset: "pulumi.json#/Asset",
    pulumi.Archive: "pulumi.json#/Archive",
}
_FILLED_IN: Final = "tagsAll"
"""The official provider itself puts this output among the inputs when it checks them."""

Facts = dict[str, Any]


def extract(tokens: Iterable[str]) -> dict[str, Facts]:
    """File name to content, for these resource types and for the list of all official names.

    Works in a process of its own, since it leaves the SDK unfit for anybody else (see `_file_of_sdk`).
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(_extract, sorted(tokens)).result()


def _extract(tokens: Sequence[str]) -> dict[str, Facts]:
    version = json.loads(Path(pulumi_aws.__file__).with_name("pulumi-plugin.json").read_text("utf-8"))["version"]
    source = SOURCE.format(version=version)
    files: dict[str, Facts] = {TOKENS_FILE: {"source": source, **_official_tokens()}}
    for token in tokens:
        name = f"{token.split(':')[1].split('/')[0]}.json"
        part = files.setdefault(name, {"source": source, "resources": {}, "functions": {}, "types": {}})
        part["resources"][token] = _Extraction(token, part["types"]).resource()
    return files


def render(content: Facts) -> str:
    """The text of a file: sorted and indented, so that two people's additions merge."""
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def write(directory: Path = DIRECTORY) -> None:
    """Write every file, and remove those of modules of which nothing is declared any more."""
    files = extract(item.token for item in ALL)
    for name, content in files.items():
        (directory / name).write_text(render(content), "utf-8")
    for file in directory.glob("*.json"):
        if file.name not in files:
            file.unlink()


class _Extraction:
    """One resource type; the object types it uses are added to `objects`."""

    def __init__(self, token: str, objects: Facts) -> None:
        self._objects = objects
        _, place, name = token.split(":")
        self._package, file = place.split("/")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of other types in the same package
            module = _file_of_sdk(_module(self._package), _snake(file))
        self._resource: type = getattr(module, name)
        # The SDK gives way where a nested object has the name already.
        self._arguments: type = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
        self._text = inspect.getsource(module)

    def resource(self) -> Facts:
        names = sdk_types.input_type_py_to_pulumi_names(self._arguments)
        secrets = {names[found] for found in _SECRET_INPUT.findall(self._text)}
        marked = _SECRET_OUTPUTS.search(self._text)
        secret_outputs = set(json.loads(marked[1])) if marked else set[str]()
        inputs: Facts = {
            name: {"type": self._type(type_), **({"secret": True} if name in secrets | secret_outputs else {})}
            for name, type_ in sdk_types.input_type_types(self._arguments).items()
        }
        outputs = {name: self._type(type_) for name, type_ in sdk_types.resource_types(self._resource).items()}
        if _FILLED_IN in outputs:
            inputs[_FILLED_IN] = {"type": outputs[_FILLED_IN]}
        return {
            "inputs": inputs,
            "required": sorted(_required(self._arguments, names)),
            "computed": {name: type_ for name, type_ in outputs.items() if name not in inputs},
            "secret_outputs": sorted(secret_outputs - inputs.keys()),
        }

    def _type(self, type_: Any) -> Any:
        origin, arguments = typing.get_origin(type_), typing.get_args(type_)
        if origin in (typing.Union, types.UnionType):
            return self._type(_plainest(arguments))
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            return {"*": self._type(arguments[1])}
        if origin is not None and isinstance(origin, type) and issubclass(origin, Sequence):
            return [self._type(arguments[0])]
        if isinstance(type_, type) and issubclass(type_, Enum):
            return _PRIMITIVES[str if issubclass(type_, str) else float]
        primitive = _PRIMITIVES.get(type_)
        return self._object(type_) if primitive is None else primitive

    def _object(self, type_: type) -> str:
        name = type_.__name__.removesuffix("Args")
        token = f"aws:{self._package}/{name}:{name}"
        if token in self._objects:
            return token
        self._objects[token] = {}
        of_inputs = sdk_types.is_input_type(type_)
        fields = sdk_types.input_type_types(type_) if of_inputs else sdk_types.output_type_types(type_)
        names = {_snake(field): field for field in fields}
        self._objects[token] = {
            "properties": {field: self._type(part) for field, part in fields.items()},
            "required": sorted(_required(type_, names)),
        }
        return token


def _file_of_sdk(package: str, file: str) -> types.ModuleType:
    """One file of the SDK, without its package's `__init__`, which would import hundreds more."""
    name = f"{pulumi_aws.__name__}.{package}"
    bare = types.ModuleType(name)
    bare.__path__ = [str(Path(pulumi_aws.__file__).parent / package)]
    sys.modules[name] = bare
    return importlib.import_module(f"{name}.{file}")


def _required(type_: type, names: Mapping[str, str]) -> Iterable[str]:
    parameters = inspect.signature(cast("Any", type_).__init__).parameters
    return (names[name] for name, item in parameters.items() if name in names and item.default is item.empty)


def _plainest(choices: Sequence[Any]) -> Any:
    """The one member of a union that is a value: not nothing, not a promise of one, and text rather than its enum."""
    values = [item for item in choices if item is not type(None) and not _is_promise(item)]
    return next((item for item in values if not (isinstance(item, type) and issubclass(item, Enum))), values[0])


def _is_promise(item: Any) -> bool:
    origin = typing.get_origin(item) or item
    return getattr(origin, "__name__", "") in ("Awaitable", "Output")


def _official_tokens() -> Facts:
    """Every name the SDK registers, and every function it defines."""
    text = Path(pulumi_aws.__file__).read_text("utf-8")
    folder = Path(pulumi_aws.__file__).parent
    functions: set[str] = set()
    for file in folder.rglob("get_*.py"):
        functions.update(re.findall(r"invoke\('(aws:[^']+)'", file.read_text("utf-8")))
    return {
        "resources": sorted(set(re.findall(r'"(aws:[^"]+:[^"]+)": "', text))),
        "functions": sorted(functions),
    }


def _module(package: str) -> str:
    return {"lambda": "lambda_"}.get(package, package)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


if __name__ == "__main__":
    write()
