from pathlib import Path

import pytest

from bot.config import ConfigFaultsError, load_config

VARIABLE = "LANGNGHE__STORAGE__URL"


def settings(folder: Path, url: str) -> Path:
    """A settings file with this storage."""
    file = folder / "config.toml"
    file.write_text(f'[storage]\nurl = "{url}"\n', "utf-8")
    return file


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:mat-khau-1@db/bot",
        "postgres://bot:mat-khau-1@db:5432,db2/bot",
        "postgresql://bot:mat-khau-1?#@db/bot",
        "postgresql://bot@db/bot?sslmode=require&password=mat-khau-1",
    ],
)
def test_a_password_in_the_settings_file_is_refused(tmp_path: Path, url: str) -> None:
    """A database password in config.toml is a fault that names its key and not the password."""
    with pytest.raises(ConfigFaultsError) as caught:
        load_config(settings(tmp_path, url), {})
    (fault,) = caught.value.faults
    assert fault.key == "storage.url"
    assert VARIABLE in fault.mend
    assert "mat-khau-1" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["sqlite:///a:b@c.db", "postgresql://bot@db/bot", "postgresql:///bot?host=/run/pg"]
)
def test_a_storage_without_password_is_fine(tmp_path: Path, url: str) -> None:
    """An address that keeps no secret may stand in the settings file."""
    assert load_config(settings(tmp_path, url), {}).storage.url.get_secret_value() == url


def test_a_password_in_the_environment_is_fine(tmp_path: Path) -> None:
    """Where secrets belong, the whole address with its password is taken."""
    url = "postgresql://bot:mat-khau-1@db/bot"
    config = load_config(settings(tmp_path, "sqlite:///bot.db"), {VARIABLE: url})
    assert config.storage.url.get_secret_value() == url


TELEGRAM = "LANGNGHE__CHANNELS__TELEGRAM__"


def test_announcements_faster_than_telegram_bears_must_be_paid_for(tmp_path: Path) -> None:
    """Beyond 30 a second only when paid broadcast is switched on; the fault says so."""
    file, fast = settings(tmp_path, "sqlite:///bot.db"), f"{TELEGRAM}ANNOUNCEMENTS_PER_SECOND"
    with pytest.raises(ConfigFaultsError) as caught:
        load_config(file, {fast: "500"})
    assert "paid_broadcast = true" in str(caught.value)
    paid = load_config(file, {fast: "500", f"{TELEGRAM}PAID_BROADCAST": "true"})
    assert paid.channels.telegram.announcements_per_second == 500


@pytest.mark.parametrize("key", ["proxies", "ops_allow"])
def test_networks_are_networks(tmp_path: Path, key: str) -> None:
    """A network that is none stops the start with a sentence; several come from the environment."""
    file = tmp_path / "config.toml"
    file.write_text(f'[channels.web]\n{key} = ["10.0.0.0/8", "somewhere"]\n', "utf-8")
    with pytest.raises(ConfigFaultsError, match="không phải địa chỉ mạng"):
        load_config(file, {})
    file.write_text("", "utf-8")
    environment = {f"LANGNGHE__CHANNELS__WEB__{key.upper()}": "10.0.0.1, 192.0.2.0/24"}
    web = load_config(file, environment).channels.web
    assert getattr(web, key) == ("10.0.0.1", "192.0.2.0/24")
