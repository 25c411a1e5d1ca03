"""Who calls: the address behind a request, as far as anybody we trust tells it.

A proxy that ends https stands before many servers; then every request comes from its address. Only
of the *proxies* named in the settings is the X-Forwarded-For believed, and of that only the last
entry that is no proxy of ours: what stands before it anybody may have written.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class Callers:
    """Tells addresses; *allowed* are those that may see how the bot is doing, beside this machine.

    Both are networks as ``10.0.0.0/8``. Raises ValueError when one is none.
    """

    def __init__(self, proxies: Iterable[str] = (), allowed: Iterable[str] = ()) -> None:
        self._proxies = tuple(map(ip_network, proxies))
        self._allowed = tuple(map(ip_network, allowed))

    def address(self, scope: Scope) -> Address | None:
        """Where a request came from; None when it is not known."""
        client = scope.get("client")
        here = _read(client[0]) if client else None
        if here is None or not _within(here, self._proxies):
            return here
        told = Headers(scope=scope).getlist("x-forwarded-for")
        for entry in reversed(",".join(told).split(",")):
            caller = _read(entry.strip())
            if caller is None or not _within(caller, self._proxies):
                return caller
        return None

    def limited(self, scope: Scope) -> str:
        """The address whose requests are counted; empty when it may stand for many people.

        This machine is a proxy, or whoever tries the bot on it. Of IPv6 it is the network of 64
        bits, for one household has all of that.
        """
        found = self.address(scope)
        if found is None or found.is_loopback or _within(found, self._proxies):
            return ""
        if isinstance(found, IPv6Address):
            return str(ip_network((found, 64), strict=False))
        return str(found)

    def operates(self, scope: Scope) -> bool:
        """Whether a request may see how the bot is doing.

        One from this machine that was passed on comes from somebody else.
        """
        found = self.address(scope)
        if found is None:
            return False
        if _within(found, self._allowed):
            return True
        headers = Headers(scope=scope)
        return found.is_loopback and not any(name in headers for name in FORWARDED)


def _read(text: str) -> Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
