"""What a process would have written, as a server writes it."""

import io
import json
import logging
from contextlib import contextmanager

from django.conf import settings

from credentials_site.logs import lines


class Written(io.StringIO):
    def text(self):
        return self.getvalue()

    def events(self, name=None):
        """Each line is one JSON object, or this raises."""
        found = [json.loads(line) for line in self.getvalue().splitlines()]
        return [event for event in found if name in {None, event["event"]}]


@contextmanager
def written(*secrets):
    """Everything that is logged inside, in the form of servers, by the handler that servers have."""
    out = Written()
    handler = logging.StreamHandler(out)
    known = settings.LOGGING["formatters"]["line"]["secrets"]
    handler.setFormatter(lines.formatter("json", [*known, *secrets]))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield out
    finally:
        root.removeHandler(handler)
