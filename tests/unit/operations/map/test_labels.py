from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from operations.map import fonts, labels, svg
from operations.map.geometry import Box
from operations.map.labels import CrowdedError, Spot, Wanted
from operations.map.layout import lay_out
from operations.map.sheet import NARROW, WIDE, Sheet
from operations.map.subject import Subject
from territory.loader import load_territory
from territory.model import Territory
from tests.unit.operations.map import measure
from tests.unit.operations.map.towns import LATIN, town, towns

SHEETS = {"wide": WIDE, "narrow": NARROW}


def _drawn(territory: Territory, sheet: Sheet) -> str:
    subject = Subject(territory)
    return svg.render(subject, lay_out(subject, sheet))


@pytest.mark.parametrize("name", ["bordeaux", "sandbox"])
@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("family", measure.FONTS)
def test_nothing_lies_over_a_label_of_a_shipped_territory(name: str, sheet: str, family: str):
    drawn = _drawn(load_territory(name), SHEETS[sheet])

    assert measure.collisions(drawn, family) == []
    assert {text.what for text in measure.texts(drawn, family)} >= {c.name for c in load_territory(name).communes}


# A failing layout is its own best witness; shrinking one would take minutes.
@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(territory=towns(), sheet=st.sampled_from(sorted(SHEETS)))
def test_nothing_lies_over_a_label_of_any_territory_up_to_sixty_communes(territory: Territory, sheet: str):
    drawn = _drawn(territory, SHEETS[sheet])

    assert measure.collisions(drawn, "Vera") == []
    assert measure.collisions(drawn, "Helvetica") == []


def test_communes_on_one_spot_are_told_apart():
    drawn = _drawn(town([(f"Commune {i}", 44.8, -0.6) for i in range(12)]), NARROW)

    assert measure.collisions(drawn, "Vera") == []


def test_a_collision_would_be_seen():
    drawn = _drawn(load_territory("sandbox"), WIDE)
    first = next(text for text in measure.texts(drawn, "Vera") if text.what == "Bordeaux")
    over = f'<text class="body" x="{first.box.left}" y="{first.box.bottom}" font-size="12">over it</text></svg>'

    assert ("Bordeaux", "over it") in measure.collisions(drawn.replace("</svg>", over), "Vera")


@pytest.mark.parametrize("family", measure.FONTS)
def test_no_character_is_wider_than_the_table_says(family: str):
    known = [chr(code) for code in [*range(32, 127), *range(0xC0, 0x100)]]
    regular, bold = measure.FONTS[family]
    for character in known:
        assert measure.width(character, 1, regular) <= fonts.width(character, 1) + 1e-9, character
        assert measure.width(character, 1, bold) <= fonts.width(character, 1, bold=True) + 1e-9, character


@given(st.text(LATIN, max_size=80), st.floats(40, 300))
def test_a_text_is_shortened_and_wrapped_to_its_room(text: str, room: float):
    assert fonts.width(fonts.shortened(text, room, 12), 12) <= room
    assert all(fonts.width(line, 12) <= room for line in fonts.wrapped(text, room, 12))


def test_a_label_gives_way_to_one_that_has_no_other_place():
    shared = Box(0, 0, 10, 10)
    free = Wanted("free", [Spot(shared, 0), Spot(Box(50, 0, 10, 10), 3)])
    stuck = Wanted("stuck", [Spot(shared, 0)])

    assert labels.place([free, stuck])["free"].box.left == 50


def test_a_label_without_a_place_is_refused_unless_it_is_optional():
    spot = Spot(Box(0, 0, 10, 10), 0)
    crowd = [Wanted("one", [spot]), Wanted("other", [spot])]

    with pytest.raises(CrowdedError):
        labels.place(crowd)
    assert set(labels.place([crowd[0], Wanted("other", [spot], optional=True)])) == {"one"}
