"""A broker's connection that was taken apart while messages were not acknowledged: a lost connection, not an end of the worker."""

import pytest
from kombu import Connection
from redis.exceptions import ConnectionError as Lost

from credentials_site.celery import app


def connection():
    return Connection(app.conf.broker_url, transport_options=app.conf.broker_transport_options)


def test_channel_of_a_closed_connection_says_that_it_is_lost():
    made = connection()
    channel = made.default_channel
    channel.connection.client = None  # as Celery does to the transport before it closes the connection

    with pytest.raises(Lost):
        channel._create_client()
    assert Lost in made.connection_errors


def test_open_channel_reaches_the_broker():
    with connection() as made:
        assert made.default_channel.client.ping()


def test_connection_with_unacknowledged_messages_is_closed_twice_without_a_fault():
    """What `Consumer.on_connection_error_after_connected` does: collect, then close, each behind its own errors."""
    made = connection()
    queue = made.SimpleQueue("a-test-of-losing")
    queue.put("somebody waits")
    queue.get(timeout=5)  # not acknowledged
    channel = queue.channel
    channel.connection.client = None

    made.maybe_close_channel(channel)

    with connection() as again:
        again.default_channel.client.delete("a-test-of-losing")
