"""Known faults in what the bot depends on: `make audit`, and each run of the checks.

Asks pip-audit about every release of requirements.lock. A known fault that has a mended release
fails the run, unless .ci/audit.toml lists it with a reason and a day until which that holds. Where
no answer can be had (no network, a mirror that does not know), that is said and the run goes on;
with AUDIT=required in the environment it fails.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
ACCEPTED = ROOT / ".ci" / "audit.toml"
LONGEST = timedelta(days=180)  # that something known is lived with before it is looked at again
SECONDS = 120


class Accepted(NamedTuple):
    """A known fault that is lived with until a day, and why."""

    id: str
    package: str
    reason: str
    until: date


class Verdict(NamedTuple):
    """What is said of an audit, and whether the run fails."""

    lines: tuple[str, ...]
    fails: bool


def accepted(file: Path) -> tuple[Accepted, ...]:
    """What is lived with; KeyError or ValueError when an entry does not say all that it must."""
    entries = tomllib.loads(file.read_text("utf-8")).get("accept", [])
    found = tuple(Accepted(e["id"], e["package"], e["reason"], e["until"]) for e in entries)
    for one in found:
        if not one.reason.strip() or type(one.until) is not date:
            raise ValueError(f"{one.id}: a reason and a day are needed")
    return found


def judged(
    report: Mapping[str, Any] | None,
    lived_with: Iterable[Accepted],
    today: date,
    *,
    required: bool = False,
) -> Verdict:
    """What the JSON of pip-audit means; None: it gave no answer."""
    dependencies = report["dependencies"] if report else []
    asked = [one for one in dependencies if "skip_reason" not in one]
    excused = {(one.package, one.id): one for one in lived_with}
    said, failing = [], False
    for dependency in asked:
        for fault in dependency["vulns"]:
            line, fails = _of_fault(dependency, fault, excused)
            said.append(line)
            failing |= fails
    for one in excused.values():
        if not today <= one.until <= today + LONGEST:
            said.append(f"FAILS: {one.package} {one.id} is listed until {one.until}: look again")
            failing = True
    unknown = len(dependencies) - len(asked)
    if not asked:
        said.append("!! NOT AUDITED: nobody could be asked for known faults (no network?) !!")
    elif unknown:
        said.append(f"!! {unknown} of {len(dependencies)} packages could not be asked about !!")
    if not said:
        said.append(f"{len(asked)} packages: no known fault")
    return Verdict(tuple(said), failing or (required and (not asked or bool(unknown))))


def _of_fault(
    dependency: Mapping[str, Any],
    fault: Mapping[str, Any],
    excused: Mapping[tuple[str, str], Accepted],
) -> tuple[str, bool]:
    name = dependency["name"]
    known = f"{name} {dependency['version']}: {fault['id']}"
    for identity in (fault["id"], *fault.get("aliases", [])):
        if entry := excused.get((name, identity)):
            return f"lived with until {entry.until}: {known} ({entry.reason})", False
    if mended := fault["fix_versions"]:
        return f"FAILS: {known}, mended in {', '.join(mended)}: make lock UPGRADE=1", True
    return f"known, and not mended anywhere yet: {known}", False


def asked_for(arguments: Iterable[str]) -> Mapping[str, Any] | None:
    """The answer of pip-audit as it stands in a file, for a rehearsal, or of pip-audit itself."""
    for argument in arguments:
        with Path(argument).open(encoding="utf-8") as file:
            rehearsed: Mapping[str, Any] = json.load(file)
            return rehearsed
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--no-deps", "--disable-pip"]
    try:
        ran = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off"],
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        answer: Mapping[str, Any] = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return answer


def main(arguments: Iterable[str]) -> Iterator[str]:
    """Say what is known; leaves with status 1 when the run fails."""
    required = os.environ.get("AUDIT") == "required"
    report = asked_for(arguments)
    verdict = judged(report, accepted(ACCEPTED), date.today(), required=required)  # noqa: DTZ011 - a day is near enough
    yield from verdict.lines
    if verdict.fails:
        sys.exit(1)


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        print(line, flush=True)
