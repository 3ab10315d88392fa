"""`python -m bench.scale`: the monthly bill of a council, and the load of each function. Samples
of the handlers are recorded with `--record`, which takes some minutes, and the tables of
docs/DEPLOY.md are written with `--write`. The status is 1 when a goal is missed."""

import argparse
import sys
from datetime import timedelta

from bench.scale import samples, table
from bench.scale.bill import MOST_DOLLARS, bill, model


def main() -> int:
    options = _options()
    if options.record:
        samples.write_samples(print)
    if options.write:
        text = table.DOCUMENT.read_text(encoding="utf-8")
        table.DOCUMENT.write_text(table.write_section(text), encoding="utf-8")
    if options.residents:
        print_bill(options.residents)
    return print_missed()


def print_bill(residents: int) -> None:
    """Prints the bill, and what the functions do."""
    found = bill(residents)
    for name, dollars in found.dollars.items():
        print(f"{name:45} {found.quantities[name]:16,.0f} {dollars:10,.2f} $")
    print(f"{'together':45} {'':16} {found.total:10,.2f} $\n")
    slowest = model().slowest(found.load)
    for name, used in sorted(model().used_in_a_month(found.load).items()):
        busy, machine = timedelta(seconds=round(used["seconds"])), model().machines[name]
        print(
            f"{name:24} {used['invocations']:14,.0f} runs {busy!s:>20} "
            f"{slowest.get(name, 0):8.1f} of {machine.timeout_s} s "
            f"{model().megabytes(name, found.load):6.0f} of {machine.megabytes} MB "
            f"{found.by_function[name]:9,.2f} $"
        )


def print_missed() -> int:
    """Prints the goals that are missed. Answers the status."""
    missed = [
        f"{residents:,} residents cost {bill(residents).total:,.2f} $ and not {most} $"
        for residents, most in MOST_DOLLARS.items()
        if bill(residents).total > most
    ]
    missed += [f"{name} grows faster than the council" for name in table.superlinear_costs()]
    missed += [f"{name} needs more than half of its limits" for name in table.strained_functions()]
    for each in missed:
        print(f"Missed: {each}.")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--residents", type=int, help="show the bill of a council of that size")
    parser.add_argument("--record", action="store_true", help="sample the handlers anew")
    parser.add_argument("--write", action="store_true", help="write the tables of docs/DEPLOY.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
