"""The symbols of a map as pieces of SVG, on the sheet and in its legend."""

from __future__ import annotations

from collections.abc import Sequence

from operations.map.geometry import Box, Curve, Point
from operations.map.picture import Mark, Swatch
from operations.map.style import dash, line_class


def site(mark: Mark) -> str:
    """A datacenter: a box with racks in it."""
    box, unit = mark.box, mark.box.width / 30
    racks = "".join(
        f'<rect class="rack" x="{number(box.left + 7 * unit)}" y="{number(box.top + (7 + 6 * row) * unit)}" '
        f'width="{number(16 * unit)}" height="{number(3.4 * unit)}" rx="1"/>'
        for row in range(3)
    )
    return (
        f'<rect class="site" x="{number(box.left)}" y="{number(box.top)}" width="{number(box.width)}" '
        f'height="{number(box.height)}" rx="{number(6 * unit)}"/>{racks}'
    )


def cloud(mark: Mark) -> str:
    """A cloud region."""
    box = mark.box
    x, y, w, h = box.left, box.top, box.width, box.height

    def at(across: float, down: float) -> str:
        return f"{number(x + across * w)} {number(y + down * h)}"

    d = (
        f"M{at(0.24, 0.96)}C{at(0.02, 0.96)} {at(-0.02, 0.56)} {at(0.18, 0.5)}C{at(0.16, 0.16)} {at(0.5, -0.04)} "
        f"{at(0.6, 0.26)}C{at(0.78, 0.16)} {at(0.88, 0.34)} {at(0.83, 0.5)}"
        f"C{at(1.04, 0.54)} {at(1.0, 0.96)} {at(0.78, 0.96)}Z"
    )
    return f'<path class="cloud" d="{d}"/>'


def tunnel(points: Sequence[Point]) -> str:
    """One tunnel of a VPN connection."""
    return f'<path class="tunnel" d="{line_data(points)}"/>'


def swatch(shown: Swatch) -> str:
    """What the legend shows beside a meaning."""
    box, colour = shown.box, line_class(shown.slot)
    y, x = box.centre[1] - 4, box.centre[0]
    across = f"M{number(box.left)} {number(y)}H{number(box.right)}"
    match shown.kind:
        case "path":
            dashes = f' stroke-dasharray="{dash(shown.slot)}"' if dash(shown.slot) else ""
            drawn = f'<path class="fibre {colour}"{dashes} d="{across}"/>'
        case "conduit":
            lanes = (f"M{number(box.left)} {number(y + lane)}H{number(box.right)}" for lane in (-2, 2))
            drawn = f'<path class="bore {colour}" stroke-width="14" d="{across}"/>'
            drawn += "".join(f'<path class="strand {colour}" d="{lane}"/>' for lane in lanes)
        case "tunnel":
            drawn = "".join(tunnel([(box.left, y + lane), (box.right, y + lane)]) for lane in (-2.5, 2.5))
        case "commune":
            left, right = (f"M{number(x)} {number(y - 5.5)}a5.5 5.5 0 0 {sweep} 0 11" for sweep in (0, 1))
            drawn = f'<circle class="stop" cx="{number(x)}" cy="{number(y)}" r="5.5"/>'
            drawn += f'<path class="ring line-0" d="{left}"/><path class="ring line-1" d="{right}"/>'
        case "area":
            top, size = number(y - 6), f'width="{number(box.width)}" height="12"'
            drawn = f'<rect class="area-{shown.slot}" x="{number(box.left)}" y="{top}" {size} rx="4"/>'
        case "datacenter":
            drawn = site(Mark("", Box.around((x, y), 20)))
        case _:
            drawn = cloud(Mark("", Box.around((x, y), 30, 20)))
    return drawn


def path_data(curve: Curve) -> str:
    """A curve as the data of an SVG path."""
    start = curve[0][0]
    return f"M{number(start[0])} {number(start[1])}" + "".join(
        "C" + " ".join(f"{number(x)} {number(y)}" for x, y in segment[1:]) for segment in curve
    )


def line_data(points: Sequence[Point]) -> str:
    """Points as the data of an SVG path."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def number(value: float) -> str:
    """A coordinate, no longer than it has to be."""
    return f"{value:.1f}".removesuffix(".0")
