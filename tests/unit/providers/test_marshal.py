"""Property maps survive the wire, whatever is in them."""

from __future__ import annotations

import math

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.provider.experimental.property_value import PropertyValue

from providers.marshal import OUTPUT_SIGNATURE, SECRET_SIGNATURE, SIGNATURE_KEY, from_struct, to_struct
from providers.values import UNKNOWN, is_unknown, plain_value, property_value, same, same_properties

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False),
    st.text(),
)
keys = st.text().filter(lambda key: key != SIGNATURE_KEY)
plains = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)
values = st.recursive(
    st.one_of(scalars.map(property_value), st.just(UNKNOWN)),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(keys, inner), inner).flatmap(
        lambda value: st.booleans().map(lambda secret: property_value(value, secret=secret))
    ),
    max_leaves=20,
)


@given(st.dictionaries(keys, values))
def test_every_property_map_comes_back_as_it_went(properties: dict[str, PropertyValue]) -> None:
    wire = struct_pb2.Struct.FromString(to_struct(properties).SerializeToString())
    assert from_struct(wire) == properties


@given(st.dictionaries(keys, plains))
def test_plain_values_come_back_equal_and_whole_numbers_as_integers(plain: dict[str, object]) -> None:
    wire = to_struct({key: property_value(value) for key, value in plain.items()})
    back = {key: plain_value(value) for key, value in from_struct(wire).items()}
    assert back == plain


@pytest.mark.parametrize(
    "marker",
    [
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ],
)
def test_each_kind_of_unknown_is_read(marker: str) -> None:
    wire = struct_pb2.Struct(fields={"a": struct_pb2.Value(string_value=marker)})
    assert is_unknown(from_struct(wire)["a"])


def test_an_unknown_is_sent_as_the_engine_expects_it() -> None:
    assert to_struct({"a": UNKNOWN}).fields["a"].string_value == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_a_secret_inside_a_list_stays_inside() -> None:
    properties = {"a": property_value([property_value("x", secret=True), "y"])}
    wire = to_struct(properties).fields["a"].list_value.values
    assert wire[0].struct_value.fields[SIGNATURE_KEY].string_value == SECRET_SIGNATURE
    assert wire[1].string_value == "y"


def test_an_output_value_without_a_value_is_unknown_and_may_be_secret() -> None:
    output = struct_pb2.Struct()
    output.update({SIGNATURE_KEY: OUTPUT_SIGNATURE, "secret": True, "dependencies": ["urn:a"]})
    value = from_struct(struct_pb2.Struct(fields={"a": struct_pb2.Value(struct_value=output)}))["a"]
    assert is_unknown(value)
    assert value.is_secret


def test_an_output_value_with_nothing_but_a_value_is_that_value() -> None:
    output = struct_pb2.Struct()
    output.update({SIGNATURE_KEY: OUTPUT_SIGNATURE, "value": 3})
    value = from_struct(struct_pb2.Struct(fields={"a": struct_pb2.Value(struct_value=output)}))["a"]
    assert value == property_value(3)


def test_equality_looks_through_secrets_and_never_trusts_an_unknown() -> None:
    assert same(property_value({"a": [1, "b"]}, secret=True), property_value({"a": [1.0, "b"]}))
    assert not same(UNKNOWN, UNKNOWN)
    assert not same(property_value([1]), property_value([1, 2]))
    assert not same(property_value(True), property_value(1))
    assert not same(property_value(""), property_value([]))
    assert same_properties({"a": property_value(1)}, {"a": property_value(1)})
    assert not same_properties({"a": property_value(1)}, {})


def test_infinity_stays_a_float() -> None:
    assert plain_value(property_value(math.inf)) == math.inf


def test_what_the_engine_has_no_value_for_is_refused() -> None:
    with pytest.raises(TypeError, match="Unsupported value type: object"):
        property_value(object())
    with pytest.raises(ValueError, match="unknown"):
        plain_value(UNKNOWN)
