"""Known faults of dependencies: what fails a run, what is said, and what is lived with."""

import json
import subprocess
import sys
from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 11, 23)


def _module() -> Any:  # noqa: ANN401 - a script that is no part of a package
    spec = spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit = _module()


def told(*fix_versions: str, skipped: int = 0) -> dict[str, Any]:
    """An answer of pip-audit: one package without a fault, one with, some not known."""
    fault = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": list(fix_versions)}
    return {
        "dependencies": [
            {"name": "six", "version": "1.17.0", "vulns": []},
            {"name": "pillow", "version": "13.0.0", "vulns": [fault]},
            *({"name": f"x{n}", "skip_reason": "not found"} for n in range(skipped)),
        ]
    }


def lived_with(until: date, name: str = "CVE-2026-1") -> tuple[Any, ...]:
    """The fault of `told`, listed."""
    return (audit.Accepted(name, "pillow", "Only in TIFF, which is not kept.", until),)


def test_a_mended_fault_fails() -> None:
    """It is named with the release to take."""
    verdict = audit.judged(told("13.0.1"), (), TODAY)
    assert verdict.fails
    assert "pillow 13.0.0: PYSEC-2026-1, mended in 13.0.1" in verdict.lines[0]


def test_a_fault_that_nobody_mended_is_said() -> None:
    """Nothing can be taken instead."""
    verdict = audit.judged(told(), (), TODAY)
    assert not verdict.fails
    assert "not mended anywhere yet" in verdict.lines[0]


@pytest.mark.parametrize("name", ["PYSEC-2026-1", "CVE-2026-1"])
def test_a_listed_fault_is_lived_with(name: str) -> None:
    """By any of its names, until its day, with the reason."""
    verdict = audit.judged(told("13.0.1"), lived_with(TODAY, name), TODAY)
    assert not verdict.fails
    assert "Only in TIFF" in verdict.lines[0]


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TODAY + timedelta(days=181)])
def test_what_is_lived_with_ends(until: date) -> None:
    """Past its day it fails, also when the fault is gone; nor is it listed for ever."""
    assert audit.judged(told("13.0.1"), lived_with(until), TODAY).fails
    assert audit.judged({"dependencies": []}, lived_with(until), TODAY).fails


@pytest.mark.parametrize("report", [None, {"dependencies": [{"name": "x", "skip_reason": "?"}]}])
def test_no_answer_is_no_good_answer(report: dict[str, Any] | None) -> None:
    """Offline, and behind a mirror that knows of nothing: said loudly, and fails where it must."""
    verdict = audit.judged(report, (), TODAY)
    assert not verdict.fails
    assert "NOT AUDITED" in verdict.lines[0]
    assert audit.judged(report, (), TODAY, required=True).fails


def test_some_that_were_not_asked_about_are_said() -> None:
    """What is not known of is not called sound."""
    verdict = audit.judged(told(skipped=2), (), TODAY)
    assert "2 of 4 packages could not be asked about" in verdict.lines[-1]


def test_the_list_of_ours_holds_today() -> None:
    """Each entry says why and until when, and has not ended."""
    for one in audit.accepted(ROOT / ".ci" / "audit.toml"):
        assert one.reason
        assert one.until >= date.today()  # noqa: DTZ011 - a day is near enough


@pytest.mark.parametrize("entry", ['reason = ""\nuntil = 2026-12-01', 'reason = "x"\nuntil = "n"'])
def test_an_entry_without_a_reason_or_a_day_is_refused(tmp_path: Path, entry: str) -> None:
    """Nobody lists a fault and forgets it."""
    file = tmp_path / "audit.toml"
    file.write_text(f'[[accept]]\nid = "CVE-1"\npackage = "six"\n{entry}\n', "utf-8")
    with pytest.raises(ValueError, match="a reason and a day"):
        audit.accepted(file)


@pytest.mark.parametrize(("fixes", "status"), [(("13.0.1",), 1), ((), 0)])
def test_the_command_ends_as_it_was_judged(
    tmp_path: Path, fixes: tuple[str, ...], status: int
) -> None:
    """As a build machine sees it, with an answer that was rehearsed."""
    file = tmp_path / "report.json"
    file.write_text(json.dumps(told(*fixes)), "utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "audit.py"), str(file)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == status
    assert "PYSEC-2026-1" in ran.stdout
