"""`python -m bench`: figures, most of them ratios, beside what they have to reach.

A measurement fails on nothing: it tells. A section that breaks is said to have broken, and the
others go on. docs/bench.md says what each row means.
"""

import argparse
import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

from bench import announcing, audience, end_to_end, footprint, kill, reads, territory, triage, turns
from bench.figures import Figure, machine, table

ROUNDS = 3


def measure_territory(*, quick: bool) -> list[Figure]:
    """How well and how fast communes are understood; the shares are the same in each round."""
    rounds = [territory.measure() for _ in range(1 if quick else ROUNDS)]
    return [Figure(name, "figure", tuple(each[name] for each in rounds)) for name in rounds[0]]


SECTIONS: Mapping[str, Callable[..., list[Figure]]] = {
    "turns": turns.measure,
    "end_to_end": end_to_end.measure,
    "kill": kill.measure,
    "announcing": announcing.measure,
    "reads": reads.measure,
    "audience": audience.measure,
    "footprint": footprint.measure,
    "territory": measure_territory,
    "triage": triage.measure,
}


def main() -> None:
    """Measure what the command line asks for, print it, and keep it when told where."""
    asked = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="lang-nghe-bench-") as folder:
        about = machine(Path(folder))
    print("  ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    sections = {name: _measured(name, quick=asked.quick) for name in asked.only or SECTIONS}
    if asked.json:
        told = {"machine": about, "quick": asked.quick, "sections": sections}
        asked.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="one section alone")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    return parser


def _measured(name: str, *, quick: bool) -> dict[str, object]:
    start = perf_counter()
    print(f"\n== {name}", flush=True)
    try:
        figures = SECTIONS[name](quick=quick)
    except Exception as error:  # noqa: BLE001 - see above
        print(f"could not be measured: {error!r}")
        traceback.print_exc(file=sys.stderr)
        return {"error": repr(error)}
    print(table(figures))
    seconds = perf_counter() - start
    print(f"({seconds:.0f} s)", flush=True)
    return {"seconds": seconds, "figures": [figure.to_json() for figure in figures]}


if __name__ == "__main__":
    main()
