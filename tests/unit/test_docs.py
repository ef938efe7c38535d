"""What the documents point at is there: files, headings, and nothing outside the checkout by a relative path."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path.relative_to(CHECKOUT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "stacks/**/*.md")
    for path in CHECKOUT.glob(pattern)
)
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def prose(text: str) -> str:
    """A document without its examples."""
    return FENCE.sub("", text)


def links(text: str) -> list[str]:
    return LINK.findall(CODE.sub("", prose(text)))


def anchors(text: str) -> set[str]:
    """As GitHub and GitLab make them of headings: lower case, punctuation gone, spaces hyphens, repeats numbered."""
    seen: Counter[str] = Counter()
    found: set[str] = set()
    for heading in HEADING.findall(prose(text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def broken(document: Path, text: str) -> list[str]:
    """The links of a document that lead nowhere, each with the reason."""
    problems: list[str] = []
    for link in links(text):
        if ELSEWHERE.match(link):
            continue
        place, _, anchor = unquote(link).partition("#")
        target = (document.parent / place).resolve() if place else document
        if not target.is_relative_to(CHECKOUT):
            problems.append(f"{link}: outside the checkout")
        elif not target.exists():
            problems.append(f"{link}: no such file")
        elif anchor and anchor not in anchors(text if target == document else target.read_text(encoding="utf-8")):
            problems.append(f"{link}: no such heading")
    return problems


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    document = CHECKOUT / name
    assert broken(document, document.read_text(encoding="utf-8")) == []


def test_every_guide_and_no_other_is_listed_in_the_readme() -> None:
    listed = [link for link in links((CHECKOUT / "README.md").read_text(encoding="utf-8")) if "docs/guides/" in link]
    assert sorted(listed) == [name for name in DOCUMENTS if name.startswith("docs/guides/")]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("[a](README.md) [b](docs/adr/0001-the-house.md#context) [c](#here)\n# Here", []),
        ("[a](https://example.org/nothing) <mailto:a@example.org>", []),
        ("`[a](nowhere.md)`\n```sh\n[b](nowhere.md)\n```", []),
        ("[a](nowhere.md)", ["nowhere.md: no such file"]),
        ("![a](docs/nowhere.svg)", ["docs/nowhere.svg: no such file"]),
        ("[a](docs/adr/0001-the-house.md#nowhere)", ["docs/adr/0001-the-house.md#nowhere: no such heading"]),
        ("[a](#there)\n## Here", ["#there: no such heading"]),
        ("[a](#here-1)\n# Here\n# Here", []),
        ("[a](../elsewhere.md)", ["../elsewhere.md: outside the checkout"]),
        ("[a `b`](#3-say-it-twice-really)\n## 3. Say it, `twice`: really?", []),
    ],
)
def test_the_check_itself_tells_good_links_from_broken_ones(text: str, problems: list[str]) -> None:
    assert broken(CHECKOUT / "README.md", text) == problems
