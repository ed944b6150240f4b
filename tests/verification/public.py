"""Public pages as a test reads them: their address, their words, the bar under the header."""

import html
import re

from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential

UNKNOWN = "1" * 22


def path(credential, rest=""):
    return f"/c/{credential.public_id}{rest}"


def text(answer):
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def update(credential, **values):
    with across_issuers("a test changes a row"):
        AchievementCredential.objects.filter(pk=credential.pk).update(**values)


def bar(answer):
    """The words of the bar under the header, and its family."""
    found = re.search(r'<div class="(standing[^"]*)">.*?<p role="status">(.*?)</p>', answer.content.decode(), re.DOTALL)
    return found[1], " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[2])).split())
