"""One POST to an address that somebody typed: never to this network, never elsewhere than it says.

The name is looked up once, and the connection goes to the very address that was judged. There is no
redirect, no proxy or password from the environment, and of an answer nothing is read but its status.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests_hardened.client import HTTPSession
from requests_hardened.config import Config
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter

from accounts.webhooks.models import Delivery

CONNECT, READ = 5, 10  # seconds; in all, the task's own limit holds
Problem = Delivery.Problem


@dataclass(frozen=True, slots=True)
class Answer:
    """`problem` is empty when the other system took it."""

    status: int | None = None
    problem: str = ""
    retry_after: str = ""  # the header, as it came


def post(url: str, body: str, headers: Mapping[str, str]) -> Answer:
    with _session() as session:
        try:
            with session.post(url, data=body.encode(), headers=headers, stream=True) as response:
                taken = 200 <= response.status_code < 300
                later = response.headers.get("Retry-After", "")
                return Answer(response.status_code, "" if taken else Problem.STATUS, later.strip())
        except (InvalidIPAddress, requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL):
            return Answer(problem=Problem.REFUSED)
        except requests.Timeout:
            return Answer(problem=Problem.TOO_SLOW)
        except requests.RequestException:
            return Answer(problem=Problem.UNREACHABLE)


def _session() -> requests.Session:
    config = Config(
        ip_filter_enable=False,  # by the adapters below
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=(CONNECT, READ),
        user_agent_override="Polsslag",
    )
    session = HTTPSession(config)
    session.trust_env = False
    session.adapters.clear()
    for scheme in settings.WEBHOOK_SCHEMES:
        session.mount(f"{scheme}://", _Filter(is_https_proto=scheme == "https"))
    if settings.WEBHOOK_CA_FILE:
        session.verify = settings.WEBHOOK_CA_FILE
    return session


def _refuse_reserved(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """What the library takes for outside: sites of IPv6 as they were, and IPv4 in addresses as of old."""
    if address.is_reserved or (address.version == 6 and address.is_site_local):
        raise InvalidIPAddress(address)


class _Filter(IPFilterAdapter):
    """Refuses addresses inside, unless they are in a network that the operator named."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        try:
            found: tuple[Any, Any] = super().build_connection_pool_key_attributes(request, verify, cert)
            _refuse_reserved(ipaddress.ip_address(found[0]["host"].strip("[]")))
        except InvalidIPAddress as refused:
            (address,) = refused.args
            if not any(address in network for network in settings.WEBHOOK_NETWORKS):
                raise
            found = self._pinned(request, verify, cert, address)
        return found

    def _pinned(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        cert: Any,
        address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    ) -> tuple[Any, Any]:
        """As the library does for an address outside; it has set the header `Host` already."""
        host, options = HTTPAdapter.build_connection_pool_key_attributes(self, request, verify, cert)
        if self._is_https_proto:
            options |= {"assert_hostname": host["host"], "server_hostname": host["host"]}
        return host | {"host": str(address)}, options
