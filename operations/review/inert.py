"""Text of unknown origin, made to be nothing but text: in a terminal, in Markdown, in HTML."""

from __future__ import annotations

import html
import re
import unicodedata

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Controls, marks that turn the direction of writing or show nothing, halves of characters, line separators."""


def plain(text: str) -> str:
    """One line in which nothing acts or hides: what is invisible shows as its code."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{{{ord(sign):x}}}" if unicodedata.category(sign) in _INVISIBLE else sign for sign in text)


def in_html(text: str) -> str:
    """The text for HTML, in an element or in a quoted attribute."""
    return html.escape(plain(text), quote=True)


def in_code(text: str) -> str:
    """The text as code in Markdown: written as HTML, because a fence of backticks ends where the text has one more.

    What Markdown would still see inside an HTML element (links, emphasis, mentions, issue numbers) is written as
    character references.
    """
    return f"<code>{in_markdown(text)}</code>"


def in_markdown(text: str) -> str:
    """The text for running Markdown."""
    return re.sub(r"[^\w ,;()/°·…’'\"éèêàâîôûçÉÈÊÀÂÎÔÛÇ%+?-]|_", _reference, plain(text))


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found.group())};"
