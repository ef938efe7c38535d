from __future__ import annotations

import pytest

from planning.configuration import program_configuration
from planning.errors import ConfigurationError


def test_values_become_the_strings_a_program_receives() -> None:
    given = {"territory": "sandbox", "other:flag": True, "metropole:n": 3, "metropole:o": {"b": [1], "a": "é"}}
    assert program_configuration(given, "metropole").values == {
        "metropole:territory": "sandbox",
        "other:flag": "true",
        "metropole:n": "3",
        "metropole:o": '{"a":"é","b":[1]}',
    }


def test_secure_anywhere_makes_the_key_secret() -> None:
    given = {
        "passwords": {"lac": {"secure": "hunter2"}, "pessac": {"secure": "hunter3"}},
        "token": {"secure": "t0ken"},
        "number": [{"secure": 12}],
        "plain": {"secure": "no", "beside": "it"},
    }
    translated = program_configuration(given, "metropole")
    assert translated.secret_keys == {"metropole:passwords", "metropole:token", "metropole:number"}
    assert translated.secret_texts == {"hunter2", "hunter3", "t0ken", "12"}
    assert translated.values["metropole:passwords"] == '{"lac":"hunter2","pessac":"hunter3"}'
    assert translated.values["metropole:token"] == "t0ken"
    assert translated.values["metropole:plain"] == '{"beside":"it","secure":"no"}'


def test_a_key_without_value_is_named() -> None:
    with pytest.raises(ConfigurationError, match="'metropole:empty' has no value"):
        program_configuration({"empty": None}, "metropole")
