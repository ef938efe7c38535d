"""Reviews as Markdown, HTML, SARIF and JSON: inert, within bounds, and complete where they say so."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from operations.review import markdown, page, sarif
from operations.review.inert import in_code, in_html, in_markdown, plain
from operations.review.topics import Topic
from territory.loader import load_territory
from tests.unit.operations.review.made import BUCKET, FOLDER, HOSTILE, changes, finding, plan, report, resource, review

FORGE_LIMIT = 60_000
TAGS = {"details", "summary", "code", "br"}


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_review() -> Any:
    named = resource(
        HOSTILE, BUCKET, {HOSTILE: "old", "tags": {HOSTILE: HOSTILE}, "acl": HOSTILE, "s": {"$secret": "hidden-1"}}
    )
    other = resource(HOSTILE, BUCKET, {"acl": "x", "s": {"$secret": "hidden-2"}})
    return review(
        changes(plan(named), plan(other)),
        report(finding(HOSTILE, HOSTILE)),
        hostile=HOSTILE,
    )


def some(count: int) -> Any:
    """A review of this many updates and new findings; beyond a few, the same ones again."""
    kinds = min(count, 500)
    before = plan(*(resource(f"folder-{i}", FOLDER, {"path": "a", "datacenterId": "1"}) for i in range(kinds)))
    after = plan(*(resource(f"folder-{i}", FOLDER, {"path": "b" * 200, "datacenterId": "1"}) for i in range(kinds)))
    made = changes(before, after)
    findings = [finding(f"urn:{i}") for i in range(kinds)]
    again = count // max(kinds, 1)
    return review(made * again, report(*(findings * again)))


def test_plain_text_hides_and_does_nothing() -> None:
    shown = plain(HOSTILE)
    assert shown.isprintable()
    assert "\\u{1b}" in shown
    assert "\\u{202e}" in shown
    assert plain("Mérignac – l’été") == "Mérignac – l’été"


@pytest.mark.parametrize("sign", "<>|`]()[*_#@&\\!:~{}".replace("(", "").replace(")", ""))
def test_what_markdown_obeys_is_a_reference(sign: str) -> None:
    assert sign not in re.sub(r"&#\d+;", "", in_markdown(sign * 3))
    assert sign not in re.sub(r"</?code>|&#\d+;", "", in_code(sign * 3))


def test_markdown_is_inert() -> None:
    text = markdown.render(hostile_review())
    assert set(re.findall(r"</?([a-zA-Z]+)", text)) <= TAGS
    for sign in ("\x1b", "\u202e", "javascript:", "](", "@everyone", "<script", "hidden-"):
        assert sign not in text
    # Each hostile newline would have begun a line of its own.
    assert not any(line.startswith("# head") for line in text.splitlines())


def test_the_page_is_inert_and_loads_nothing() -> None:
    text = page.render(hostile_review(), load_territory("sandbox"))
    found = Page(text)
    assert "script" not in found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert not [
        value for name, value in found.attributes if name in ("src", "href") and not (value or "").startswith("#")
    ]
    assert "default-src 'none'" in text
    for sign in ("\x1b", "\u202e", "hidden-"):
        assert sign not in text


def test_names_of_the_map_are_inert() -> None:
    sandbox = load_territory("sandbox")
    communes = tuple(commune.model_copy(update={"name": HOSTILE}) for commune in sandbox.communes)
    text = page.render(review([]), sandbox.model_copy(update={"communes": communes, "title": HOSTILE}))
    assert "script" not in Page(text).tags
    assert "\u202e" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize("count", [0, 1, 500])
def test_the_page_is_well_made(count: int) -> None:
    found = Page(page.render(some(count), load_territory("sandbox")))
    assert found.tags.count("main") == found.tags.count("h1") == 1
    assert {"header", "nav", "footer"} <= set(found.tags)
    assert len(found.ids) == len(set(found.ids))
    assert all(later - earlier <= 1 for earlier, later in zip(found.headings, found.headings[1:], strict=False))
    assert ("lang", "en") in found.attributes


@pytest.mark.parametrize("count", [0, 1, 500, 100_000])
def test_markdown_fits_a_comment_and_says_what_is_missing(count: int) -> None:
    text = markdown.render(some(count))
    assert len(text) < FORGE_LIMIT
    assert text.startswith("## ")
    assert "d" * 64 in text
    if count > 500:
        assert f"{count:,} are shown" in text
        assert text.count("**update**") > 20


def test_a_page_of_a_hundred_thousand_changes_is_cut_and_says_so() -> None:
    text = page.render(some(100_000), None)
    assert len(text) < 4_000_000
    assert text.count('<span class="action update">') == page.MOST_ROWS
    assert "1,500 of 100,000 are shown" in text


def test_many_kinds_at_once_fit_too() -> None:
    made = [*some(3_000).changes]
    spread = [change.model_copy(update={"topics": (topic,)}) for topic in Topic for change in made]
    loud = review(spread, report(*(finding(f"urn:{i}", "x" * 3_000) for i in range(999))), hostile=HOSTILE * 50)
    assert len(markdown.render(loud)) < FORGE_LIMIT


def test_sarif_has_lines_levels_and_rules() -> None:
    before, after = plan(resource("gone", BUCKET)), plan()
    log = json.loads(
        sarif.render(review(changes(before, after), report(finding("urn:new")), report(finding("urn:old"))))
    )
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules == {"NET-001", "REVIEW-DELETE"}
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "components/guest.py"
    assert place["region"] == {"startLine": 12}
    assert {result["level"] for result in run["results"]} <= {"none", "note", "warning", "error"}
    assert run["results"][0]["baselineState"] == "new"


def test_sarif_says_how_many_results_it_leaves_out() -> None:
    many = report(*(finding(f"urn:{i}") for i in range(sarif.MOST_RESULTS + 7)))
    (run,) = json.loads(sarif.render(review([], many)))["runs"]
    assert len(run["results"]) == sarif.MOST_RESULTS
    assert run["properties"]["leftOut"] == 7
    assert "7 of" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_a_path_out_of_the_checkout_is_no_line() -> None:
    strange = finding().model_copy(update={"file": "../../etc/passwd"})
    (run,) = json.loads(sarif.render(review([], report(strange))))["runs"]
    assert "locations" not in run["results"][0]


def test_findings_are_parted_into_new_and_old() -> None:
    head, base = report(finding("urn:a"), finding("urn:b")), report(finding("urn:b"), finding("urn:c"))
    gate = review([], head, base).gate
    assert [each.subject for each in gate.new] == ["urn:a"]
    assert [each.subject for each in gate.old] == ["urn:b"]
    assert gate.mended == 1


def test_html_text_is_escaped() -> None:
    assert in_html("<a href='x\">") == "&lt;a href=&#x27;x&quot;&gt;"
