"""The tables of docs/DEPLOY.md, from the recorded samples, the template and the prices."""

from collections.abc import Iterator

from bench.process import ROOT
from bench.scale.bill import (
    MOST_DOLLARS,
    MOST_GROWTH,
    RESIDENTS,
    Bill,
    bill,
    model,
    prices,
    template,
)
from bench.scale.load import Load

DOCUMENT = ROOT / "docs" / "DEPLOY.md"
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
LEAST_DOLLARS = 1.0
"""Of a function at the largest size, to have a row of its own."""
MOST_SHARE = 0.5
LISTED_SHARE = 0.1


def idle_table() -> str:
    """The resources that cost something in an idle month."""
    resources = template()["Resources"].values()
    alarms = sum(each["Type"] == "AWS::CloudWatch::Alarm" for each in resources)
    idle = bill(RESIDENTS[0]).quantities
    return (
        f"The template has {alarms} alarms on {idle['alarm metric a month']} metrics and "
        f"{idle['secret a month']} secrets."
    )


def section() -> str:
    """The text between the marks of the document."""
    return "\n".join(
        [BEGIN, "", idle_table(), "", *_bills(), "", *_functions(), "", *_limits(), "", END],
    )


def write_section(document: str) -> str:
    """The document with a new section."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{section()}{after}"


def superlinear_costs() -> list[str]:
    """The services and functions whose cost grows faster than the council, where it is felt."""
    _, some, most = map(bill, RESIDENTS)
    pairs = _pairs(some.dollars, most.dollars) | _pairs(some.by_function, most.by_function)
    return [
        name
        for name, (one, other) in pairs.items()
        if other > LEAST_DOLLARS and _growth(one, other) > MOST_GROWTH
    ]


def strained_functions() -> list[str]:
    """The functions that need more than half of their time or memory on a storm day of the largest
    council."""
    load = Load(RESIDENTS[-1])
    return [name for name, *shares in _shares(load) if max(shares) > MOST_SHARE]


def _bills() -> Iterator[str]:
    bills = [bill(residents) for residents in RESIDENTS]
    yield f"Prices: {prices()['region']}, {prices()['read']}; {prices()['source']}."
    yield ""
    yield from _head("$ a month")
    for name in prices()["each"]:
        row = [each.dollars.get(name, 0.0) for each in bills]
        if max(row) >= 0.01:
            yield _row(name, row)
    yield _row("**together**", [each.total for each in bills])
    yield "| goal | " + " | ".join(f"{MOST_DOLLARS[each]:,}" for each in RESIDENTS) + " | |"
    yield "| above the goal | " + " | ".join(map(_excess, RESIDENTS)) + " | |"


def _excess(residents: int) -> str:
    """The dollars by which a goal is missed."""
    excess = bill(residents).total - MOST_DOLLARS[residents]
    return f"**{excess:,.2f}**" if excess > 0 else "no"


def _head(name: str) -> Iterator[str]:
    yield f"| {name} | " + " | ".join(f"{each:,}" for each in RESIDENTS) + " | beside linear |"
    yield "|---|" + "---|" * (len(RESIDENTS) + 1)


def _functions() -> Iterator[str]:
    bills = [bill(residents) for residents in RESIDENTS]
    yield (
        "| of that, by function | "
        + " | ".join(f"{each:,}" for each in RESIDENTS)
        + " | beside linear |"
    )
    yield "|---|" + "---|" * (len(RESIDENTS) + 1)
    names = sorted(bills[-1].by_function, key=lambda name: -bills[-1].by_function[name])
    for name in names:
        if bills[-1].by_function[name] >= LEAST_DOLLARS:
            yield _row(name, [each.by_function.get(name, 0.0) for each in bills])
    others = [name for name in names if bills[-1].by_function[name] < LEAST_DOLLARS]
    yield _row(f"{len(others)} others", [_sum(each, others) for each in bills])


def _limits() -> Iterator[str]:
    council = f"{RESIDENTS[-1]:,} residents"
    yield f"| on a storm day of {council} | share of its time limit | of its memory |"
    yield "|---|---|---|"
    for name, time, memory in _shares(Load(RESIDENTS[-1])):
        if max(time, memory) > LISTED_SHARE:
            yield f"| {name} | {_percent(time)} | {_percent(memory)} |"


def _shares(load: Load) -> Iterator[tuple[str, float, float]]:
    for name, seconds in sorted(model().slowest(load).items()):
        machine = model().machines[name]
        yield name, seconds / machine.timeout_s, model().megabytes(name, load) / machine.megabytes


def _row(name: str, dollars: list[float]) -> str:
    growth = _growth(*dollars[-2:])
    shown = f"{growth:.2f}"
    beyond = growth > MOST_GROWTH and dollars[-1] > LEAST_DOLLARS
    cells = [*(f"{each:,.2f}" for each in dollars), f"**{shown}**" if beyond else shown]
    return f"| {name} | " + " | ".join(cells) + " |"


def _percent(share: float) -> str:
    return f"**{share:.0%}**" if share > MOST_SHARE else f"{share:.0%}"


def _growth(one: float, other: float) -> float:
    return other / one / (RESIDENTS[-1] / RESIDENTS[-2]) if one else 0.0


def _pairs(one: dict[str, float], other: dict[str, float]) -> dict[str, tuple[float, float]]:
    return {name: (one.get(name, 0.0), value) for name, value in other.items()}


def _sum(of: Bill, names: list[str]) -> float:
    return sum(of.by_function.get(name, 0.0) for name in names)
