"""The bot as people run it: `python -m bot run`, a process of its own that can be killed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

from tests.fakes.telegram import TelegramSim
from tests.sealing import install

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds for a start; other work may keep the machine busy
STOP_SECONDS = 10.0
PREFIX = "LANGNGHE__"
WEBHOOK_SECRET = "acceptance-secret_1"


@dataclass(frozen=True, slots=True)
class Telegram:
    """The Bot API server to use; with *webhook*, updates are to be brought."""

    url: str
    file_url: str
    token: str
    webhook: bool = False

    @classmethod
    def of(cls, sim: TelegramSim, *, webhook: bool = False) -> Self:
        """The one led by *sim*."""
        return cls(sim.url, sim.file_url, sim.token, webhook)


class Bot:
    """One installation in a folder of its own: settings, secret, files, and a process or none.

    What its processes say is gathered over all restarts. With *home*, secret and files are there:
    so it is one more worker of the installation that lives there.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        telegram: Telegram | None = None,
        *,
        home: Path | None = None,
        lease_seconds: float = 15,
    ) -> None:
        self.folder = folder
        self.database_url = database_url
        self.secret = (home or folder) / "secret"
        self.files = (home or folder) / "files"
        if home is None:
            install(folder)
        self._lease_seconds = lease_seconds
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._telegram = telegram
        self._process: subprocess.Popen[bytes] | None = None
        self.settings = folder / "config.toml"
        self.settings.write_text(self._default(), "utf-8")
        self._said = folder / "stdout"
        self._logged = folder / "stderr"

    @property
    def said(self) -> str:
        """All that was printed for the person at the terminal."""
        return self._said.read_text("utf-8")

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of the log; ValueError when one is no JSON."""
        lines = self._logged.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    @property
    def memory(self) -> int:
        """Resident bytes of the running process."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        (kilobytes,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
        return int(kilobytes) * 1024

    def start(self) -> float:
        """Start it and wait until it is ready; the seconds that took."""
        began = time.monotonic()
        self.launch()
        until(self.ready, PATIENCE)
        return time.monotonic() - began

    def launch(self) -> None:
        """Start it without waiting for anything."""
        assert self._process is None, "it runs already"
        with self._said.open("ab") as said, self._logged.open("ab") as logged:
            self._process = subprocess.Popen(
                self._command("run"), cwd=ROOT, env=self._environ(), stdout=said, stderr=logged
            )

    def ready(self) -> bool:
        """Whether it says that it can do its work; AssertionError when its process has ended."""
        assert self._process is not None
        assert self._process.poll() is None, self._logged.read_text("utf-8")
        try:
            status, answer = self.get("/readyz")
        except (OSError, HTTPException):
            return False
        return status == 200 and bool(json.loads(answer)["ready"])

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of an address."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def kill(self) -> None:
        """End it as a power cut does."""
        self._ended(signal.SIGKILL)

    def stop(self) -> float:
        """End it as an operator does; status 0 within 10 s. The seconds it took."""
        began = time.monotonic()
        status = self._ended(signal.SIGTERM)
        took = time.monotonic() - began
        assert status == 0, self._logged.read_text("utf-8")
        assert took < STOP_SECONDS
        return took

    def close(self) -> None:
        """Leave no process behind."""
        if self._process is not None:
            self.kill()

    def pause(self) -> None:
        """Let its process sleep, as a machine does that is out of memory or suspended."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on where it was."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same installation, to its end."""
        return subprocess.run(
            self._command(*arguments),
            cwd=ROOT,
            env=self._environ(),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    def check_log(self, *private: str) -> None:
        """Every line of the log is JSON, and neither the token nor anything *private* is in it."""
        assert self.log, "nothing was logged"
        words = [*private, WEBHOOK_SECRET]
        if self._telegram is not None:
            words.append(self._telegram.token.partition(":")[2])
        text = self._logged.read_text("utf-8")
        assert [word for word in words if word in text] == []

    def _ended(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        assert process is not None, "it does not run"
        process.send_signal(number)
        try:
            return process.wait(STOP_SECONDS + 5)
        finally:
            process.kill()
            process.wait()

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bot", "--config", str(self.settings), *arguments]

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        if self._telegram is None:
            return kept
        here = f"{PREFIX}CHANNELS__TELEGRAM__"
        kept |= {
            f"{here}TOKEN": self._telegram.token,
            f"{here}BASE_URL": self._telegram.url,
            f"{here}BASE_FILE_URL": self._telegram.file_url,
        }
        if self._telegram.webhook:
            kept |= {
                f"{here}MODE": "webhook",
                f"{here}WEBHOOK_URL": f"{self.url}/channels/telegram",
                f"{here}SECRET_TOKEN": WEBHOOK_SECRET,
            }
        return kept

    def _default(self) -> str:
        return f"""
            secret_file = "{self.secret}"
            keys_file = "{self.secret.with_name("keys")}"
            denunciation_keys_file = "{self.secret.with_name("keys-denunciations")}"
            [storage]
            url = "{self.database_url}"
            files = "{self.files}"
            lease_seconds = {self._lease_seconds}
            [channels.web]
            port = {self.port}
        """


def free_port() -> int:
    """A port nobody listens on; the same for every start, so that a page finds the bot again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something *holds*; TimeoutError when it does not within *seconds*."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"it did not hold within {seconds} s")
        time.sleep(0.02)
