"""A review as Markdown for a comment: what matters first, details folded, never longer than a forge accepts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from operations.review.changes import DESTRUCTIVE, Action, Change, FieldChange
from operations.review.guardrails import Weight
from operations.review.inert import in_code, in_markdown, plain
from operations.review.placements import PlacementMove
from operations.review.reach import Reach
from operations.review.review import Review
from operations.review.topics import Topic
from planning.difference import Kind
from policies.report import Finding, Verdict

LONGEST: Final = 58_000
"""Characters; GitHub takes 65,536 and the rest is for whoever posts it."""
SHARE: Final = {"destructive": 0.3, "topics": 0.16, "gate": 0.25, "guardrails": 0.15, "moves": 0.08}
LONGEST_LINE: Final = 600
FIELDS_SHOWN: Final = 12

ACTION_WORDS: Final = {
    Action.DELETE: "delete",
    Action.REPLACE: "replace",
    Action.MAY_REPLACE: "may replace",
    Action.UPDATE: "update",
    Action.CREATE: "create",
    Action.MOVE: "rename",
}
TOPIC_TITLES: Final = {
    Topic.PLACEMENT: "Placement",
    Topic.EXPOSURE: "Exposure",
    Topic.KEYS: "Keys and encryption",
    Topic.RIGHTS: "Rights",
    Topic.OTHER: "Everything else",
}

T = TypeVar("T")


def render(review: Review) -> str:
    """The whole comment."""
    sign = "No" if review.verdict is Verdict.FAIL else "Yes"
    destructive = [change for change in review.changes if change.action in DESTRUCTIVE]
    parts = [
        f"## {sign}: {in_markdown(review.summary)}\n",
        f"{in_markdown(review.territory)}, {in_markdown(review.base)} to {in_markdown(review.head)}, planned as "
        f"{in_markdown(review.environment)}. {in_markdown(review.rules_from)}\n",
        *(f"> {in_markdown(note)}\n" for note in review.notes),
        _section(f"Deleted and replaced ({len(destructive):,})", destructive, _change, SHARE["destructive"]),
        _guardrails(review),
        _gate(review),
        _section(f"Moved ({len(review.moves):,})", review.moves, _move, SHARE["moves"]),
    ]
    for topic in Topic:
        about = [
            change for change in review.changes if change.action not in DESTRUCTIVE and change.topics[0] is topic
        ]  # fmt: skip
        parts.append(_section(f"{TOPIC_TITLES[topic]} ({len(about):,})", about, _change, SHARE["topics"]))
    parts += [_concerned(review), _end(review)]
    return _within(parts)


def _within(parts: Sequence[str]) -> str:
    """Everything, or as many whole sections as fit with a line that says what is missing."""
    *most, end = [part for part in parts if part]
    kept: list[str] = []
    left_out = 0
    room = LONGEST - len(end) - 200
    for part in most:
        if len(part) + 1 <= room:
            kept.append(part)
            room -= len(part) + 1
        else:
            left_out += 1
    if left_out:
        kept.append(f"\n**{left_out} sections do not fit here**: the JSON and HTML of this review hold them.\n")
    return "\n".join([*kept, end])


def _section(title: str, items: Sequence[T], line: Callable[[T], str], share: float) -> str:
    if not items:
        return ""
    room = int(LONGEST * share)
    shown: list[str] = []
    for item in items:
        text = line(item)
        if len(text) > room:
            break
        room -= len(text) + 1
        shown.append(text)
    rest = len(items) - len(shown)
    more = (
        [f"- and {rest:,} more, {len(shown):,} of {len(items):,} are shown: see the JSON of this review"]
        if rest
        else []
    )
    return "\n".join([f"### {title}\n", *shown, *more, ""])


def _change(change: Change) -> str:
    protected = ", **protected**" if change.protected else ""
    why = f" ({', '.join(in_code(_short(each)) for each in change.why[:3])})" if change.why else ""
    where = f" {in_code(str(change.source))}" if change.source else ""
    secret = f", changed secret{'s' * (len(change.secrets) > 1)}: {_codes(change.secrets)}" if change.secrets else ""
    line = (
        f"- **{ACTION_WORDS[change.action]}** {in_code(_short(change.name))} {in_code(_type(change.type))}{why}"
        f"{protected}{secret}{_reach(change)} in {in_code(change.stack)}{where}"
    )
    if not change.fields:
        return line
    shown = change.fields[:FIELDS_SHOWN]
    more = len(change.fields) - len(shown) + change.more_fields
    fields = [*(_field(field) for field in shown), *([f"{more:,} properties more"] if more else [])]
    count = len(change.fields) + change.more_fields
    label = f"{count} propert{'y' if count == 1 else 'ies'}"
    return f"{line}<details><summary>{label}</summary>{'<br>'.join(fields)}</details>"


def _field(field: FieldChange) -> str:
    name = in_code(_short(field.path))
    if field.kind is Kind.SECRET:
        return f"{name}: the secret is another one"
    before = in_code(field.before) if field.before is not None else "nothing"
    after = in_code(field.after) if field.after is not None else "nothing"
    return f"{name}: {before} to {after}"


def _reach(change: Change) -> str:
    told = _people(change.touches)
    further = _people(
        Reach(
            communes=tuple(each for each in change.reaches.communes if each not in change.touches.communes),
            services=tuple(each for each in change.reaches.services if each not in change.touches.services),
        )
    )
    touched = f", touches {told}" if told else ""
    return f"{touched}, {'and ' if told else ''}reaches {further}" if further else touched


def _people(reach: Reach) -> str:
    told = [
        f"{len(ids)} {many}" if len(ids) > 3 else f"{one if len(ids) == 1 else many} {in_markdown(', '.join(ids))}"
        for ids, one, many in ((reach.communes, "commune", "communes"), (reach.services, "service", "services"))
        if ids
    ]
    return " and ".join(told)


def _move(move: PlacementMove) -> str:
    return f"- {in_code(move.subject)}: {in_markdown(move.what)} {in_code(move.before)} to {in_code(move.after)}"


def _guardrails(review: Review) -> str:
    found = review.guardrails
    weaker = sum(each.weight is Weight.WEAKER for each in found)
    title = f"What judges changes ({weaker:,} weaker, {len(found) - weaker:,} to read)"

    def line(index: int) -> str:
        each = found[index]
        where = f" {in_code(each.file + (f':{each.line}' if each.line else ''))}" if each.file else ""
        sign = "**weaker**" if each.weight is Weight.WEAKER else "changed"
        return f"- {sign} {in_code(each.rule)}: {in_markdown(_short(each.message))}{where}"

    return _section(title, range(len(found)), line, SHARE["guardrails"])


def _gate(review: Review) -> str:
    gate = review.gate
    new = _section(f"New findings ({len(gate.new):,})", gate.new, _finding, SHARE["gate"] * 0.7)
    old = _section("", gate.old, _finding, SHARE["gate"] * 0.3).removeprefix("### \n\n")
    folded = f"<details><summary>{len(gate.old):,} old findings</summary>\n\n{old}\n</details>\n" if old else ""
    undetermined = sum(gate.undetermined.values())
    counted = (
        f"{gate.rules} rules, {gate.pairs:,} answers, {undetermined:,} of them hang on what only the deployment knows; "
        f"{gate.mended:,} findings of the base are mended.\n"
    )
    return "\n".join(part for part in (new, folded, counted) if part)


def _finding(finding: Finding) -> str:
    where = f" {in_code(f'{finding.file}:{finding.line}')}" if finding.file else ""
    waived = f" (waived until {in_markdown(finding.waiver.expires)})" if finding.waiver else ""
    return (
        f"- **{finding.rule}** {finding.severity}{waived}: {in_markdown(_short(finding.message))} "
        f"{in_code(_short(finding.subject))}{where}; remedy: {in_markdown(_short(finding.remediation))}"
    )


def _concerned(review: Review) -> str:
    if not (review.communes or review.services):
        return ""
    communes = ", ".join(in_markdown(f"{name} ({insee})") for insee, name in review.communes.items()) or "none"
    services = ", ".join(in_markdown(name) for name in review.services.values()) or "none"
    title = f"{len(review.communes)} communes and {len(review.services)} services are touched"
    return f"<details><summary>{title}</summary>\n\nCommunes: {communes}.\n\nServices: {services}.\n</details>\n"


def _end(review: Review) -> str:
    outputs = ", ".join(f"{in_code(stack)} {count}" for stack, count in list(review.outputs.items())[:20])
    told = f"Outputs that change: {outputs}.\n\n" if outputs else ""
    return f"{told}Plan digest <code>{review.digest}</code>\n"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(in_code(_short(text)) for text in list(texts)[:6])


def _type(token: str) -> str:
    return token.rpartition(":")[2] if token.count(":") == 2 else token


def _short(text: str) -> str:
    text = plain(text)
    return text if len(text) <= LONGEST_LINE // 3 else f"{text[: LONGEST_LINE // 3]}…"
