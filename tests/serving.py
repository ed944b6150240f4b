"""The live server of a test, when its browser has gone."""

import threading


def let_it_end():
    """What it still answers must be over before the tables are emptied. Every request is a thread of its own."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)
