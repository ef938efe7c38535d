"""How wide a text is at most, whichever sans-serif a reader's machine has: an upper bound, never a measure.

A picture cannot know its reader's fonts. The table holds the widest advance of each character among DejaVu Sans (the
widest of the usual ones, metrically Bitstream Vera and close to Verdana), Noto Sans and Liberation Sans (metrically
Arial and Helvetica), rounded up to a twentieth of the font size. What is laid out with it overlaps with none of them.
"""

from __future__ import annotations

from unicodedata import normalize

FAMILY = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', sans-serif"
"""The families a picture asks for, in order: the table bounds them all."""

ASCENT, DESCENT = 0.80, 0.24
"""Of the letters names are made of, above and below the baseline, in font sizes: `Â` and `ç` included."""

BOLD = 1.2
"""A bold text is at most so much wider."""

UNKNOWN = 1.1
"""The width of a character that is not in the table: that of the widest in it."""

_WIDTHS = {
    0.30: "'ijlìíîïĩīĭįıĵĺļł",
    0.35: " ,.:;I ·ÌÍÎÏĨĪĬĮİ’‘",
    0.40: "()-/[\\]ftťţ",
    0.45: "!r¡ŕŗř",
    0.50: '"J`°´Ĵľŀ',
    0.55: "cszçćĉċčśŝşšźżž",
    0.60: "*?L_kvxy|ýÿķĸĹĻĽĿŁŷ–•",
    0.65: "$0123456789FTabdeghnopqu{}«»ßàáâãäåèéêëðñòóôõöøùúûüþāăąďđēĕėęěĝğġģĥńņňŋōŏőŢŤŦũūŭůűų",
    0.70: "ABEKPSVXYZÀÁÂÃÄÅÈÉÊËÝÞĀĂĄĒĔĖĘĚĶŚŜŞŠŶŸŹŻŽ",
    0.75: "CRUÇÙÚÛÜĆĈĊČŔŖŘŨŪŬŮŰŲ",
    0.80: "&DGHNOQÐÑÒÓÔÕÖØĎĐĜĞĠĢĤŃŅŇŊŌŎŐ",
    0.85: "#+<=>^w~±×÷ŵ",
    1.00: "%MWmæÆŴ—…→",
    1.05: "@œ",
}
_WIDTH = {character: width for width, characters in _WIDTHS.items() for character in characters}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """At most so wide is a text at a font size."""
    return sum(_WIDTH.get(c, UNKNOWN) for c in normalize("NFC", text)) * size * (BOLD if bold else 1.0)


def shortened(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of it as fits into the room with an ellipsis after it."""
    if width(text, size, bold=bold) <= room:
        return text
    for length in range(len(text) - 1, 0, -1):
        cut = text[:length].rstrip(" -–,'’") + "…"
        if width(cut, size, bold=bold) <= room:
            return cut
    return "…"


def wrapped(text: str, room: float, size: float) -> tuple[str, ...]:
    """The text in lines no wider than the room; a word that is wider by itself is shortened."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(shortened(word, room, size))
    return tuple(lines)
