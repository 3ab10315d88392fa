"""`python -m bench`: measures everything, prints the table, writes bench.json; with --write the
tables of docs/BENCHMARKS.md too. With --pages only residents' pages, and their table. Status 1 if a
measurement failed, or, with --strict, if a goal was missed."""

import argparse
import sys
from collections.abc import Iterator
from functools import partial

from bench import (
    alerts,
    bins,
    bookings,
    cold,
    cold_sign_in,
    database,
    duplicates,
    fixmystreet,
    nearest,
    open311,
    orders,
    overview,
    pages,
    photos,
    publishing,
    runtime,
    screen,
    stack,
    start,
    static,
    views,
    warm,
    web,
)
from bench.engine import Laboratory, laboratory
from bench.machine import calibrate
from bench.process import ROOT
from bench.run import FAILED, Run
from bench.table import Row

RESULT, DOCUMENT = ROOT / "bench.json", ROOT / "docs" / "BENCHMARKS.md"
OF_PAGES, ALL = PARTS = ("pages", "measured")
COUNTS = (100, 10_000, 100_000)
PEERS_AT = 10_000


def main() -> int:
    options = _options()
    run = Run(calibrate())
    if options.pages:
        measure_pages(run)
    else:
        measure_all(run)
    run.say(sys.stdout)
    RESULT.write_text(run.as_json(), encoding="utf-8")
    if options.write and run.failed:
        print(f"{FAILED} {DOCUMENT.name} stays as it was.")
    elif options.write:
        write_document(OF_PAGES, f"{run.heading()}\n\n{overview.as_markdown(run.rows)}")
        if not options.pages:
            write_document(ALL, run.as_markdown())
    return run.status(strict=options.strict)


def measure_all(run: Run) -> None:
    """Each measurement in turn, even if others fail."""
    run.measure("cold", cold.rows)
    run.measure("cold sign-in", cold_sign_in.rows)
    run.measure("start", start.rows)
    run.measure("runtime", runtime.rows)
    run.measure("publishing", partial(_publishing_rows, run))
    run.measure("visible", publishing.measure_delay)
    with run.guard("laboratory"), laboratory() as here:
        for count in COUNTS:
            with run.guard(f"table of {count:,}"), here.table_of(count):
                _in_the_database(run, here, count)
    run.measure("database", partial(_database, run))
    run.measure("views", views.rows)
    run.measure("screen", screen.rows)
    run.measure("nearest", nearest.rows)
    run.measure("alerts", alerts.rows)
    run.measure("orders", orders.rows)
    run.measure("photos", photos.rows)
    run.measure("static", _static)
    measure_pages(run)


def measure_pages(run: Run) -> None:
    """Residents' pages, in some five minutes."""
    run.measure("web", web.rows)
    run.measure("pages", pages.rows)
    run.measure("bins", bins.rows)
    run.measure("bookings", bookings.rows)


def write_document(part: str, measured: str) -> None:
    """Writes the tables of that part between its marks."""
    begin, end = marks_of(part)
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    DOCUMENT.write_text(f"{before}{begin}\n\n{measured}\n\n{end}{after}", encoding="utf-8")


def marks_of(part: str) -> tuple[str, str]:
    """The lines between which the document has that part of PARTS."""
    return f"<!-- {part}: begin -->", f"<!-- {part}: end -->"


def _publishing_rows(run: Run) -> Iterator[Row]:
    together, alone = publishing.measure_publishing()
    run.publishing_ms = together.cpu_ms
    yield from publishing.rows(together, alone)


def _in_the_database(run: Run, here: Laboratory, count: int) -> None:
    """The handlers on dynalite with that many reports, and once the measurements without
    reports."""
    with run.guard(f"database at {count:,}"):
        run.costs[count] = database.measure_costs(count, here.officer)
    if count == PEERS_AT:
        beside = partial(fixmystreet.rows, run.machine, here.engine, run.publishing_ms)
        run.measure("beside FixMyStreet", beside)
        run.measure("warm", warm.rows)
        run.measure("duplicates", partial(duplicates.rows, here.engine, count))
    if count == max(COUNTS):
        run.measure("open311", partial(open311.rows, run.machine, here.engine))


def _database(run: Run) -> Iterator[Row]:
    if missing := [f"{count:,}" for count in COUNTS if count not in run.costs]:
        raise RuntimeError(f"The use cases were not counted at {', '.join(missing)}.")
    return database.rows(run.costs)


def _static() -> Iterator[Row]:
    # Without its pump, whose polling would count as the requests' CPU.
    with stack.running_stack(seed="demo", pump=False) as here:
        server = static.Server.at(here.url, here.pid)
        yield from static.rows(server, static.documents(here.url))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures everything.")
    parser.add_argument("--write", action="store_true", help="write docs/BENCHMARKS.md anew")
    parser.add_argument("--pages", action="store_true", help="measure residents' pages alone")
    parser.add_argument("--strict", action="store_true", help="status 1 where a goal is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
