"""Connections to the broker that have gone away say so, in the words that Celery understands.

When a worker loses its broker while messages are not acknowledged yet, Celery 5.7 takes the connection apart twice; the
second time kombu's Redis channel asks a transport without a client, and the worker ends by an AttributeError ("Unrecoverable
error"). As a lost connection it is passed over, and the worker connects again (docs/decisions/0028).
"""

from typing import Any

from kombu.transport import redis as transport
from redis.exceptions import ConnectionError as Lost


class Channel(transport.Channel):  # type: ignore[misc]  # kombu says nothing of its types
    """kombu's channel to Valkey or Redis."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        """How to connect. Raises redis' ConnectionError where the connection of this channel is closed."""
        if getattr(self.connection, "client", None) is None:
            raise Lost("the connection of this channel is closed")
        found: dict[str, Any] = super()._connparams(asynchronous=asynchronous)
        return found


def use() -> None:
    """From now on, in this process."""
    transport.Transport.Channel = Channel
