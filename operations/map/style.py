"""The colours of a map, for light and for dark surroundings, as one style sheet."""

from __future__ import annotations

from collections.abc import Mapping

from operations.map.areas import TINTS
from operations.map.fonts import FAMILY

COLOURS = 8
"""Different lines; the ninth path has the first one's colour again, dashed."""

DASHES = ("", "10 5", "3 4", "14 4 3 4")

_LIGHT: Mapping[str, str] = {
    "paper": "#fbfaf6",
    "land": "#f3f1ea",
    "ink": "#1d2733",
    "soft": "#566270",
    "rule": "#d8d5ca",
    "stop": "#ffffff",
    "site": "#1d2733",
    "onsite": "#ffffff",
    "cloud": "#ffffff",
    "tunnel": "#64748b",
    "area-0": "#e4ecdf",
    "area-1": "#eae6d6",
    "area-2": "#dfe9ec",
    "area-3": "#ece2de",
    "area-4": "#e6e3ee",
    "line-0": "#0b7285",
    "line-1": "#c2410c",
    "line-2": "#6741d9",
    "line-3": "#2b8a3e",
    "line-4": "#c2255c",
    "line-5": "#1c6dd0",
    "line-6": "#946200",
    "line-7": "#5c6670",
}

_DARK: Mapping[str, str] = {
    "paper": "#11161d",
    "land": "#151b23",
    "ink": "#e8ebef",
    "soft": "#a3afbd",
    "rule": "#2c3642",
    "stop": "#11161d",
    "site": "#e8ebef",
    "onsite": "#11161d",
    "cloud": "#1b232d",
    "tunnel": "#8fa0b3",
    "area-0": "#1c3226",
    "area-1": "#33301c",
    "area-2": "#173440",
    "area-3": "#3a2622",
    "area-4": "#2c2745",
    "line-0": "#3bc9db",
    "line-1": "#ff922b",
    "line-2": "#b197fc",
    "line-3": "#69db7c",
    "line-4": "#f783ac",
    "line-5": "#74c0fc",
    "line-6": "#ffd43b",
    "line-7": "#adb5bd",
}

_RULES = """
.map { background: var(--paper); }
.map .sheet { fill: var(--paper); } .map .land { fill: var(--land); }
.map text { fill: var(--ink); font-family: FAMILY; }
.map .title, .map .heading, .map .place, .map .path { font-weight: 700; }
.map .note, .map .sector { fill: var(--soft); } .map .sector { font-style: italic; }
.map .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.map .leader { stroke: var(--soft); stroke-width: 0.9; }
.map .fibre, .map .strand, .map .tunnel { fill: none; stroke-linecap: round; stroke-linejoin: round; }
.map .under { fill: none; stroke: var(--paper); stroke-opacity: 0.85; }
.map .fibre { stroke-width: 3; } .map .strand { stroke-width: 1.7; }
.map .bore { fill: none; stroke-opacity: 0.24; stroke-linecap: butt; }
.map .tunnel { stroke: var(--tunnel); stroke-width: 1.3; stroke-dasharray: 5 4; }
.map .stop { fill: var(--stop); } .map .ring { fill: none; stroke-width: 2.4; }
.map .site { fill: var(--site); } .map .rack { fill: var(--onsite); }
.map .cloud { fill: var(--cloud); stroke: var(--tunnel); stroke-width: 2; stroke-linejoin: round; }
.map .room { fill: none; stroke: var(--rule); stroke-width: 1.5; }
.map .router { fill: var(--land); stroke: var(--ink); stroke-width: 1.2; }
.map .bar { stroke: var(--ink); stroke-width: 2; fill: none; }
"""


def style_sheet() -> str:
    """CSS for everything of class `map`: it follows what the reader's system prefers."""
    lines = [f".map {{ color-scheme: light dark; {_variables(_LIGHT)} }}"]
    lines.append(f"@media (prefers-color-scheme: dark) {{ .map {{ {_variables(_DARK)} }} }}")
    lines += [f".map .line-{i} {{ stroke: var(--line-{i}); }}" for i in range(COLOURS)]
    lines += [f".map text.line-{i} {{ fill: var(--line-{i}); stroke: var(--paper); }}" for i in range(COLOURS)]
    lines += [f".map .area-{i} {{ fill: var(--area-{i}); stroke: var(--area-{i}); }}" for i in range(TINTS)]
    return "\n".join([*lines, _RULES.replace("FAMILY", FAMILY).strip()])


def line_class(slot: int) -> str:
    """The class that gives a path's line its colour."""
    return f"line-{slot % COLOURS}"


def dash(slot: int) -> str:
    """The dashes of a path's line; none for the first eight."""
    return DASHES[slot // COLOURS % len(DASHES)]


def _variables(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in colours.items())
