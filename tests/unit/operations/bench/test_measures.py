"""What a bench says of its runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.bench.measures import Comparison, exponent, spread


def test_a_ratio_above_one_means_that_ours_costs_less() -> None:
    found = Comparison(ours=[1.0, 2.0, 9.0], anchor=[3.0, 4.0, 3.5])
    assert found.ratio == 1.75
    said = found.as_json()
    assert (said["ours"], said["anchor"], said["ratio"], said["runs"]) == (2.0, 3.5, 1.75, 3)


def test_the_spread_is_told_as_a_part_of_the_median() -> None:
    assert spread([2.0, 1.5, 2.5]) == 0.5
    assert spread([2.0]) == 0


@given(st.floats(0.1, 3), st.floats(0.01, 100))
def test_the_fitted_exponent_is_that_of_a_power_law(power: float, factor: float) -> None:
    cost: dict[float, float] = {size: factor * size**power for size in (7, 14, 28, 56, 112)}
    assert exponent(cost) == pytest.approx(power)
