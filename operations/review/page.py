"""A review as one page that loads nothing and runs nothing: the territory with the changes on it, then every change."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from operations.map.fonts import FAMILY
from operations.map.style import style_sheet
from operations.review.changes import DESTRUCTIVE, Change, FieldChange
from operations.review.guardrails import Weight
from operations.review.inert import in_html
from operations.review.markdown import ACTION_WORDS, TOPIC_TITLES
from operations.review.page_map import figures
from operations.review.reach import Reach
from operations.review.review import Review
from operations.review.topics import Topic
from planning.difference import Kind
from policies.report import Finding, Verdict
from territory.model import Territory

HERE = Path(__file__).parent
MOST_ROWS: Final = 1_500
"""Of one section; a page of more is slow to open and read by nobody."""


def render(review: Review, territory: Territory | None) -> str:
    """The whole page; without a territory there is no picture."""
    css = style_sheet() + "\n" + (HERE / "page.css").read_text(encoding="utf-8").replace("FAMILY", FAMILY)
    digest = b64encode(sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    sections = list(_sections(review))
    links = "".join(f'<li><a href="#{id_}">{in_html(title)}</a></li>' for id_, title, _ in sections)
    body = "".join(
        f'<section aria-labelledby="{id_}"><h2 id="{id_}">{in_html(title)}</h2>{content}</section>'
        for id_, title, content in sections
    )
    verdict = "No" if review.verdict is Verdict.FAIL else "Yes"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>Review of {in_html(review.territory)}: {verdict}</title>",
            f"<style>{css}</style></head>",
            '<body><a class="skip" href="#changes">Skip to the changes</a>',
            f'<header><h1><span class="verdict {review.verdict}">{verdict}</span> {in_html(review.summary)}</h1>',
            f'<p class="soft"><bdi>{in_html(review.territory)}</bdi>, <bdi>{in_html(review.base)}</bdi> to '
            f"<bdi>{in_html(review.head)}</bdi>, planned as {in_html(review.environment)}. "
            f"{in_html(review.rules_from)}</p>",
            *(f'<p class="note">{in_html(note)}</p>' for note in review.notes),
            f'<nav aria-label="Sections"><ul>{links}</ul></nav></header>',
            f'<main id="changes" tabindex="-1">{figures(review, territory)}{body}</main>',
            f"<footer><p>Plan digest <code>{review.digest}</code></p></footer></body></html>",
            "",
        ]
    )


def _sections(review: Review) -> Iterator[tuple[str, str, str]]:
    """Id, title and content, in the order of the page; what is empty is not there, save the first."""
    destructive = [change for change in review.changes if change.action in DESTRUCTIVE]
    if not review.changes:
        yield "nothing", "Changes", "<p>No resource changes.</p>"
    if destructive:
        yield "destructive", f"Deleted and replaced ({len(destructive):,})", _list(destructive)
    if review.guardrails:
        yield "guardrails", f"What judges changes ({len(review.guardrails):,})", _guardrails(review)
    if review.gate.new:
        yield "new", f"New findings ({len(review.gate.new):,})", _findings(review.gate.new)
    if review.moves:
        rows = [(m.subject, m.service or m.commune or "", m.what, m.before, m.after) for m in review.moves]
        heads = ("What", "Of", "Property", "Before", "After")
        yield "moves", f"Moved ({len(review.moves):,})", _table("Placement moves", heads, rows)
    for topic in Topic:
        about = [change for change in review.changes if change.action not in DESTRUCTIVE and change.topics[0] is topic]
        if about:
            yield f"topic-{topic}", f"{TOPIC_TITLES[topic]} ({len(about):,})", _list(about)
    if review.communes or review.services:
        rows = [("commune", name, id_) for id_, name in review.communes.items()]
        rows += [("service", name, id_) for id_, name in review.services.items()]
        yield "people", "Whom it touches", _table("Communes and services", ("Kind", "Name", "Id"), rows)
    yield "gate", "The gate", _gate(review)


def _list(changes: Sequence[Change]) -> str:
    shown = changes[:MOST_ROWS]
    rest = len(changes) - len(shown)
    more = f"<p>{len(shown):,} of {len(changes):,} are shown; the JSON of this review has the other {rest:,}.</p>"
    items = "".join(f"<li>{_change(change)}</li>" for change in shown)
    return f'<ul class="changes">{items}</ul>{more if rest else ""}'


def _change(change: Change) -> str:
    why = "".join(f" <code>{in_html(each)}</code>" for each in change.why[:3])
    source = f" at <code>{in_html(str(change.source))}</code>" if change.source else ""
    secrets = ", ".join(f"<code>{in_html(each)}</code>" for each in change.secrets)
    parts = [
        f'<span class="action {change.action}">{ACTION_WORDS[change.action]}</span>',
        f" <code>{in_html(change.name)}</code> <code>{in_html(change.type)}</code>",
        f" because of{why}" if why else "",
        ", <strong>protected</strong>" if change.protected else "",
        f", changed secret: {secrets}" if secrets else "",
        f' <span class="people">{_people(change)} in <code>{in_html(change.stack)}</code>{source}</span>',
    ]
    line = "".join(parts)
    if not change.fields:
        return f'<div class="line">{line}</div>'
    rows = "".join(_field(field) for field in change.fields)
    more = f"<p>{change.more_fields:,} properties more</p>" if change.more_fields else ""
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Property", "Before", "After"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<details><summary class="line">{line}</summary>{table}{more}</details>'


def _field(field: FieldChange) -> str:
    name = f'<th scope="row"><code>{in_html(field.path)}</code></th>'
    if field.kind is Kind.SECRET:
        return f'<tr>{name}<td colspan="2">the secret is another one</td></tr>'
    cells = "".join(
        f"<td>{f'<code>{in_html(value)}</code>' if value is not None else 'nothing'}</td>"
        for value in (field.before, field.after)
    )
    return f"<tr>{name}{cells}</tr>"


def _people(change: Change) -> str:
    further = Reach(
        communes=tuple(each for each in change.reaches.communes if each not in change.touches.communes),
        services=tuple(each for each in change.reaches.services if each not in change.touches.services),
    )
    told = [f"touches {_named(change.touches)}"] if change.touches.communes or change.touches.services else []
    told += [f"reaches {_named(further)}"] if further.communes or further.services else []
    return ", ".join(told)


def _named(reach: Reach) -> str:
    told = [
        f"{len(ids)} {many}" if len(ids) > 3 else f"{one if len(ids) == 1 else many} {in_html(', '.join(ids))}"
        for ids, one, many in ((reach.communes, "commune", "communes"), (reach.services, "service", "services"))
        if ids
    ]
    return " and ".join(told)


def _guardrails(review: Review) -> str:
    items: list[str] = []
    for each in review.guardrails[:MOST_ROWS]:
        word = "weaker" if each.weight is Weight.WEAKER else "changed"
        where = f" <code>{in_html(each.file)}{f':{each.line}' if each.line else ''}</code>" if each.file else ""
        items.append(
            f'<li class="line"><span class="action {word}">{word}</span> <code>{in_html(each.rule)}</code> '
            f"{in_html(each.message)}{where}</li>"
        )
    return f'<ul class="changes">{"".join(items)}</ul>{_left_out(len(review.guardrails))}'


def _findings(findings: Sequence[Finding]) -> str:
    items: list[str] = []
    for each in findings[:MOST_ROWS]:
        where = f" at <code>{in_html(each.file)}:{each.line}</code>" if each.file else ""
        waived = f" (waived until {in_html(each.waiver.expires)})" if each.waiver else ""
        items.append(
            f'<li class="line"><span class="action {each.severity}">{each.severity}</span> '
            f"<strong>{in_html(each.rule)}</strong>{waived} {in_html(each.message)} "
            f"<code>{in_html(each.subject)}</code>{where}<br>"
            f'<span class="people">Remedy: {in_html(each.remediation)}</span></li>'
        )
    return f'<ul class="changes">{"".join(items)}</ul>{_left_out(len(findings))}'


def _left_out(count: int) -> str:
    return f"<p>{MOST_ROWS:,} of {count:,} are shown.</p>" if count > MOST_ROWS else ""


def _gate(review: Review) -> str:
    gate = review.gate
    undetermined = sum(gate.undetermined.values())
    counted = (
        f"<p>{gate.rules} rules, {gate.pairs:,} answers, {undetermined:,} of them hang on what only the deployment "
        f"knows; {gate.mended:,} findings of the base are mended.</p>"
    )
    if not gate.old:
        return counted
    return f"{counted}<details><summary>{len(gate.old):,} old findings</summary>{_findings(gate.old)}</details>"


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{in_html(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{in_html(row[0])}</th>{"".join(f"<td>{in_html(cell)}</td>" for cell in row[1:])}</tr>'
        for row in rows[:MOST_ROWS]
    )
    table = f"<table><caption>{in_html(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    label = f'role="region" tabindex="0" aria-label="{in_html(caption)}"'
    return f'<div class="scroll" {label}>{table}</div>{_left_out(len(rows))}'
