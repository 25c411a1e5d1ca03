"""Settings: `config.toml`, every key of which the environment may override.

``LANGNGHE__CHANNELS__WEB__PORT=9000`` overrides ``port`` of ``[channels.web]``. Secrets come from
the environment, or from a file whose path stands in ``…_FILE``, never from `config.toml`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator

from handlers.explain import Objection, explain, explain_toml
from handlers.faults import Fault
from handlers.model import Frozen
from storage import POSTGRES

FILE = Path("config.toml")
PREFIX = "LANGNGHE__"
FREE_PER_SECOND = 30  # announcements: https://core.telegram.org/bots/faq
SECRETS = ("secret", "channels.telegram.token", "channels.telegram.secret_token")


class ConfigFaultsError(Exception):
    """The settings have *faults*: all there are, one a line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class StorageConfig(Frozen):
    """Where everything that lasts is kept.

    *lanes*: turns worked on at a time; *lease_seconds*: how long what a worker holds alone stays
    its own after it was last heard of; both on PostgreSQL only. *files*: the folder of what people
    send, the same for all workers; no more is taken when its disk has fewer than *least_free* MB.
    """

    url: SecretStr = SecretStr("sqlite:///data/bot.db")
    lanes: int = Field(default=4, ge=1, le=64)
    lease_seconds: float = Field(default=15, ge=2, le=300)
    files: Path = Path("data/files")
    least_free: int = Field(default=500, ge=0)

    @field_validator("url")
    @classmethod
    def is_known(cls, url: SecretStr) -> SecretStr:
        """Only the two engines the statements are written for."""
        if not url.get_secret_value().startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError(
                "không phải địa chỉ cơ sở dữ liệu — viết sqlite:///TỆP hoặc postgresql://…"
            )
        return url


class WebConfig(Frozen):
    """The web chat; *public_url* is the address people reach it by, if it is not the local one.

    *proxies* are the networks of proxies before it, whose X-Forwarded-For is believed; *ops_allow*
    those that may see readiness and figures, besides this machine itself.
    """

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    proxies: tuple[str, ...] = ()
    ops_allow: tuple[str, ...] = ()

    @field_validator("proxies", "ops_allow", mode="before")
    @classmethod
    def are_networks(cls, given: object) -> object:
        """Several are separated by commas in the environment."""
        networks = given.split(",") if isinstance(given, str) else given
        if not isinstance(networks, list | tuple):
            return networks
        told = tuple(str(network).strip() for network in networks if str(network).strip())
        for network in told:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError(
                    f'"{network}" không phải địa chỉ mạng — viết như 10.0.0.0/8 hoặc 192.0.2.7'
                ) from None
        return told

    @field_validator("public_url")
    @classmethod
    def is_an_address(cls, url: str) -> str:
        """Links are made of it."""
        if url and not re.fullmatch(r"https?://[^\s/]+/?", url):
            raise ValueError("không phải địa chỉ trang — viết như https://lang-nghe.vi-du.vn")
        return url.rstrip("/")

    @property
    def address(self) -> str:
        """Where a person opens it."""
        return self.public_url or f"http://{self.host}:{self.port}"


class TelegramConfig(Frozen):
    """Telegram, served when there is a *token*; in webhook mode it comes to *webhook_url*.

    With *paid_broadcast* announcements may go at up to 1,000 a second, at Telegram's price.
    """

    token: SecretStr = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"
    base_url: str = "https://api.telegram.org/bot"
    base_file_url: str = "https://api.telegram.org/file/bot"
    webhook_url: str = ""
    secret_token: SecretStr = SecretStr("")
    announcements_per_second: float = Field(default=28, ge=1, le=1000)
    paid_broadcast: bool = False

    @field_validator("secret_token")
    @classmethod
    def is_taken_by_telegram(cls, token: SecretStr) -> SecretStr:
        """What Telegram would refuse is said at once."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", token.get_secret_value()):
            raise ValueError("có ký tự không dùng được — dùng 1 đến 256 chữ cái, chữ số, _ và -")
        return token

    @model_validator(mode="after")
    def what_is_free_is_slow(self) -> Self:
        """Beyond 30 a second Telegram refuses what is not paid for."""
        if self.announcements_per_second > FREE_PER_SECOND and not self.paid_broadcast:
            raise ValueError(
                f"announcements_per_second lớn hơn {FREE_PER_SECOND} mà không trả phí"
                " — giảm xuống, hoặc đặt paid_broadcast = true"
            )
        return self

    @model_validator(mode="after")
    def webhook_is_whole(self) -> Self:
        """A webhook without a secret would let anybody speak for anybody."""
        if self.mode == "webhook" and not (self.webhook_url and self.secret_token):
            raise ValueError(
                "mode webhook thiếu webhook_url hoặc secret_token — cho đủ, hoặc dùng polling"
            )
        return self


class Channels(Frozen):
    """The ways in."""

    web: WebConfig = WebConfig()
    telegram: TelegramConfig = TelegramConfig()


class LogConfig(Frozen):
    """What is told to standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Config(Frozen):
    """Everything that can be set."""

    storage: StorageConfig = StorageConfig()
    channels: Channels = Channels()
    content: Path = Path("content")
    log: LogConfig = LogConfig()
    secret: SecretStr = SecretStr("")
    secret_file: Path = Path("data/secret")
    keys_file: Path = Path("data/keys")
    denunciation_keys_file: Path = Path("data/keys-denunciations")

    @field_validator("secret")
    @classmethod
    def is_long(cls, secret: SecretStr) -> SecretStr:
        """Receipts and invitations are only as safe as it."""
        if 0 < len(secret.get_secret_value()) < 32:  # noqa: PLR2004 - characters of a real secret
            raise ValueError("quá ngắn để giữ kín — dùng từ 32 ký tự ngẫu nhiên trở lên")
        return secret

    @model_validator(mode="after")
    def somebody_can_come_in(self) -> Self:
        """A bot that nobody reaches serves nobody."""
        if not (self.channels.web.enabled or self.channels.telegram.token):
            raise ValueError("không mở kênh nào — bật channels.web, hoặc đặt token của Telegram")
        return self


def load_config(file: Path = FILE, environ: Mapping[str, str] = os.environ) -> Config:
    """The settings of *file* and *environ*; ConfigFaultsError has every fault of both."""
    faults: list[Fault] = []
    values = _read(file, faults)
    faults += [
        Fault(
            file=str(file),
            key=key,
            message="là điều phải giữ kín",
            mend=f"xóa đi và đặt {_variable(key)} trong môi trường",
        )
        for key in SECRETS
        if _get(values, key) is not None
    ]
    faults += _with_password(file, values)
    for name, value in environ.items():
        if name.startswith(PREFIX):
            _put(values, name.removeprefix(PREFIX).lower().split("__"), value)
    faults += _from_files(values)
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        faults += [
            Fault(file=_place(file, each.key, environ), **each._asdict())
            for each in explain(error, values, KEYS)
        ]
    else:
        if not faults:
            return config
    raise ConfigFaultsError(tuple(faults))


def _with_password(file: Path, values: Mapping[str, object]) -> list[Fault]:
    url = _get(values, "storage.url")
    if not isinstance(url, str) or not url.startswith(POSTGRES):
        return []
    from storage.postgres import has_password  # noqa: PLC0415 - its driver is large

    if not has_password(url):
        return []
    return [
        Fault(
            file=str(file),
            key="storage.url",
            message="có mật khẩu, là điều phải giữ kín",
            mend=f"xóa mật khẩu đi, hoặc đặt cả địa chỉ vào {_variable('storage.url')}"
            " trong môi trường",
        )
    ]


def _variable(key: str) -> str:
    """The environment variable that sets *key*."""
    return f"{PREFIX}{key.replace('.', '__').upper()}"


def _place(file: Path, key: str, environ: Mapping[str, str]) -> str:
    """Where the value at *key* was given: the environment wins over the file."""
    variable = _variable(key)
    given = (name for name in environ if f"{name.upper()}__".startswith(f"{variable}__"))
    return next(given, str(file))


KEYS = frozenset(
    key
    for model in (Config, StorageConfig, WebConfig, TelegramConfig, Channels, LogConfig)
    for key in model.model_fields
)


def _read(file: Path, faults: list[Fault]) -> dict[str, object]:
    if file == FILE and not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        said = explain_toml(error)
    except UnicodeDecodeError:
        said = Objection("", "không phải UTF-8", "lưu lại với bảng mã UTF-8")
    except OSError as error:
        said = Objection("", f"không đọc được ({error.strerror})", "xem lại đường dẫn sau --config")
    faults.append(Fault(file=str(file), **said._asdict()))
    return {}


def _get(values: Mapping[str, object], key: str) -> object:
    found: object = values
    for step in key.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _put(values: dict[str, object], path: list[str], value: str) -> None:
    """Set a value deep inside; an environment variable wins over whatever stood on its way."""
    *parents, last = path
    for step in parents:
        inner = values.get(step)
        if not isinstance(inner, dict):
            inner = values[step] = {}
        values = inner
    values[last] = value


def _from_files(values: dict[str, object]) -> list[Fault]:
    """Replace ``token_file = PATH`` by the token in that file, as secrets are mounted."""
    faults = []
    for key in SECRETS:
        *parents, last = key.split(".")
        holder = _get(values, ".".join(parents)) if parents else values
        name = f"{last}_file"
        if key == "secret" or not isinstance(holder, dict) or name not in holder:
            continue
        path = Path(str(holder.pop(name)))
        try:
            holder[last] = path.read_text("utf-8").strip()
        except OSError as error:
            faults.append(
                Fault(
                    file=str(path),
                    key="",
                    message=f"không đọc được ({error.strerror})",
                    mend=f"cho phép đọc tệp, hoặc xóa {name}",
                )
            )
    return faults
