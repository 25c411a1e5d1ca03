"""The one secret of an installation."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.secret import load_secret

AT_ONCE = 8


def test_workers_that_start_at_once_make_one_secret(tmp_path: Path) -> None:
    """Whoever comes first makes it; nobody works with another, and nothing else is left behind."""
    file = tmp_path / "data" / "secret"
    with ThreadPoolExecutor(AT_ONCE) as workers:
        made = list(workers.map(lambda _: load_secret("", file).raw, range(10 * AT_ONCE)))
    assert len(set(made)) == 1
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_given_wins(tmp_path: Path) -> None:
    """With a secret in the environment no file is made."""
    assert load_secret("given", tmp_path / "secret").raw == b"given"
    assert list(tmp_path.iterdir()) == []
