"""The one guarded door to the outside (SECURITY T10): one address, looked at first, asked once, kept short.

http and https, ports 80 and 443, hosts with public addresses only. A host is resolved once, every address that it has is
checked, and the connection goes to exactly the address that was checked. No proxy, no cookie, no second try. What could
not be had is a `problem`; nothing of an answer ever stands in one.
"""

from issuers.fetching.guard import GUARD, LINK_REDIRECTS, PER_HOST, SECONDS, Guard, resolve
from issuers.fetching.targets import LONGEST, Problem, Target, is_public, target

__all__ = [
    "GUARD",
    "LINK_REDIRECTS",
    "LONGEST",
    "PER_HOST",
    "SECONDS",
    "Guard",
    "Problem",
    "Target",
    "is_public",
    "resolve",
    "target",
]
