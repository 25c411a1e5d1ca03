"""Webhooks: where the platform brings updates, and what it demands of the place."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from .args import Args
from .clock import Clock
from .delivery import Delivery, Hook, Invoke
from .errors import Json, refuse, too_many
from .rules import DEFAULT_KINDS, Limits
from .updates import UpdateQueue

_PORTS = frozenset({443, 80, 88, 8443})
_SECRET = re.compile(r"[A-Za-z0-9_-]*")


class Webhooks:
    """The webhook a bot may have in place of polling."""

    def __init__(self, queue: UpdateQueue, clock: Clock, limits: Limits, *, strict: bool) -> None:
        """No webhook is set."""
        self._queue = queue
        self._clock = clock
        self._limits = limits
        self._strict = strict
        self._hook: Hook | None = None
        self._delivery: Delivery | None = None
        self._next_set = float("-inf")
        self.invoke: Invoke | None = None

    @property
    def active(self) -> bool:
        """Whether a webhook is set: then nobody may poll."""
        return self._hook is not None

    def set(self, args: Args) -> str:
        """Set, change or (with an empty URL) remove the webhook; gives the server's remark."""
        url = args.text("url")
        if not url:
            return self.delete(args)
        now = self._clock.now()
        if now < self._next_set:
            raise too_many(1)
        self._next_set = now + self._limits.webhook_url_seconds
        hook = self._read(url, args)
        if args.text("allowed_updates"):
            self._queue.allow(args.json_or_none("allowed_updates"))
        if hook == self._hook and not args.flag("drop_pending_updates"):
            return "Webhook is already set"
        self.stop()
        if args.flag("drop_pending_updates"):
            self._queue.clear()
        self._hook = hook
        self._delivery = Delivery(hook, self._queue, self._clock, self._limits)
        self._delivery.start(self._gone, self.invoke)
        return "Webhook was set"

    def delete(self, args: Args) -> str:
        """Remove the webhook; polling is possible again."""
        was = self._hook is not None
        self.stop()
        self._hook = None
        if args.flag("drop_pending_updates"):
            self._queue.clear()
        return "Webhook was deleted" if was else "Webhook is already deleted"

    def info(self) -> Json:
        """What getWebhookInfo answers."""
        hook = self._hook
        info: Json = {
            "url": "" if hook is None else hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
        }
        if self._delivery is not None and self._delivery.last_error is not None:
            info["last_error_date"], info["last_error_message"] = self._delivery.last_error
        if hook is not None:
            info["max_connections"] = hook.connections
            info["ip_address"] = hook.ip_address
        if self._queue.allowed != DEFAULT_KINDS:
            info["allowed_updates"] = sorted(self._queue.allowed)
        return info

    @property
    def idle(self) -> bool:
        """Whether no update is on its way right now."""
        return self._delivery is None or self._delivery.idle

    def arrived(self) -> None:
        """An update came."""
        if self._delivery is not None:
            self._delivery.wake()

    def stop(self) -> None:
        """Bring nothing more; deliveries in flight are cut off."""
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            delivery.stop()

    def _gone(self) -> None:
        self.stop()
        self._hook = None

    def _read(self, url: str, args: Args) -> Hook:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
            raise refuse("invalid webhook URL specified")
        secret = args.text("secret_token")
        if len(secret) > self._limits.secret_token:
            raise refuse("secret token is too long")
        if _SECRET.fullmatch(secret) is None:
            raise refuse("secret token contains unallowed characters")
        if self._strict:
            _check_strictly(parts.scheme, parts.port, parts.hostname)
        most = self._limits.webhook_connections
        where = args.text("ip_address") or parts.hostname
        return Hook(url, secret, args.clamped("max_connections", 40, 1, most), where)


def _check_strictly(scheme: str, port: int | None, host: str) -> None:
    if scheme != "https":
        raise refuse("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in _PORTS:
        raise refuse("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    try:
        address = ip_address(host)
    except ValueError:
        return
    if not address.is_global:
        raise refuse(f"bad webhook: IP address {host} is reserved")
