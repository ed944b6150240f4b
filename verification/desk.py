"""Stage of the desk: anything that somebody hands in, from anywhere, examined in the sandbox with what it wants to see.

Rounds: the document says which addresses it wants; those of this site are answered from the tables, all others by the
guard, side by side; what could not be had goes in with its problem, so that its check says "could not tell".
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlsplit

import idna
from django.conf import settings

from issuers import clock, fetching
from issuers.fetching import GUARD, Guard
from verification import on_paper, ours, picking
from verification.foreign.envelopes import is_photo
from verification.foreign.outcome import Outcome, Resource
from verification.report import Check, Report, Result
from verification.sandbox import client
from verification.sandbox.client import NotExamined

# All of an answer; of that, the most for one look into a PDF.
SECONDS, PAPER_SECONDS = 4.2, 2.5
ROUNDS, MOST_ADDRESSES = 5, 12
# Of the time that is left a little stays for judging what was fetched.
_RESERVE = 0.8
_ID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{22}")
_PNG = b"\x89PNG\r\n\x1a\n"
_BEFORE_ISSUER = ("form", "shown", "signature", "key")
_REST = ("shown", "signature", "key", "issuer", "status", "dates")


def examine(content: bytes, address: str = "", *, guard: Guard = GUARD) -> Outcome:
    """Examine one document; `address` is what a viewer typed, to see whether it is that person's. Raises NotExamined."""
    return _examine(content, address, guard, _deadline())


def look_up(text: str, address: str = "", *, guard: Guard = GUARD) -> Outcome:
    """Examine what stands at one link, or under one id of this site. Without a report where there is nothing to see.

    Private, unclaimed, unknown: all the same. Raises NotExamined.
    """
    end, text = _deadline(), text.strip()
    url = f"{settings.SITE_URL}/c/{text}" if _ID.fullmatch(text) else text
    if ours.is_ours(url):
        found = ours.answer(url)
        if found.problem:
            return Outcome(envelope="text", kind="nothing")
        outcome = _examine(found.body, address, guard, end)
        return _waiting(outcome) if ours.is_signed_again(url) else outcome
    if not url.lower().startswith(("http://", "https://")):
        return Outcome(envelope="text", kind="nothing")
    found = guard.fetch(url, redirects=fetching.LINK_REDIRECTS, within=_left(end) - _RESERVE)
    if found.problem:
        host = (urlsplit(url).hostname or "") if "[" not in url else ""
        return unread("text", Check("form", Result.UNKNOWN, "link_not_had", {"host": host, "problem": found.problem}))
    return _examine(found.body, address, guard, end)


def ready() -> None:
    """Have the sandbox started, for a page from which somebody will hand something in. Returns at once."""
    client.SANDBOX.start()


def _examine(content: bytes, address: str, guard: Guard, end: float) -> Outcome:
    if content.startswith(b"%PDF-"):
        return _of_pdf(content, address, guard, end)
    # A screenshot is larger than any badge, and holds no credential.
    if is_photo(content) or (content.startswith(_PNG) and len(content) > client.MOST_PICTURE):
        return _of_photo(content, address, guard, end)
    outcome = _with_issuer(_in_rounds(content, address, guard, end))
    if content.startswith(_PNG) and outcome.report and outcome.report.checks[0].finding == "picture_empty":
        return _of_photo(content, address, guard, end)
    return outcome


def _of_photo(picture: bytes, address: str, guard: Guard, end: float) -> Outcome:
    """What stands where a QR code leads. Only on this site: a picture does not make us ask others, as a pasted link does."""
    texts = client.codes(picture, within=min(PAPER_SECONDS, _left(end)))
    links = [entry for text in texts for entry in picking.read_list(text).entries]
    public_id = next((entry.own_id for entry in links if entry.own_id), "")
    if not public_id:
        return unread("photo", _leads_nowhere(texts, [entry.given for entry in links]))
    link = f"{settings.SITE_URL}/c/{public_id}"
    found = ours.answer(link)
    if found.problem:
        return unread("photo", Check("form", Result.UNKNOWN, "code_nothing", {"link": link}))
    outcome = _examine(found.body, address, guard, end)
    outcome = _waiting(outcome) if ours.is_signed_again(link) else outcome
    report = outcome.report or Report((), None)
    followed = Check("code", Result.PASSED, "code_followed", {"link": link})
    return replace(outcome, envelope="photo", report=Report((*report.checks, followed), report.document))


def _leads_nowhere(texts: Sequence[str], links: Sequence[str]) -> Check:
    if not texts:
        return Check("form", Result.UNKNOWN, "photo_empty")
    if not links:
        return Check("form", Result.UNKNOWN, "code_without_link")
    return Check(
        "form", Result.UNKNOWN, "code_elsewhere", {**_host(urlsplit(links[0]).hostname or ""), "link": links[0]}
    )


def _of_pdf(pdf: bytes, address: str, guard: Guard, end: float) -> Outcome:
    """The credential attached to a PDF, and whether the paper says the same. Without one, only what is printed."""
    text, problem = client.attached(pdf, within=min(PAPER_SECONDS, _left(end)))
    if problem == "pdf_empty" and (check := on_paper.named(pdf, _left(end))):
        return unread("pdf", Check("form", Result.UNKNOWN, "pdf_detached"), check)
    if problem:
        return unread("pdf", Check("form", Result.FAILED, problem, {"why": ""}))
    outcome = _with_issuer(_in_rounds(text.encode(), address, guard, end))
    report = outcome.report or Report((), None)
    check = on_paper.attached(pdf, text, report, _left(end))
    return replace(outcome, envelope="pdf", report=Report((*report.checks, check), report.document))


def unread(envelope: str, *found: Check) -> Outcome:
    """Finished before anything could be judged: the first check says why."""
    first, *others = found
    rest = [Check(key, Result.UNKNOWN, "unread") for key in _REST]
    return Outcome(envelope=envelope, kind="nothing", report=Report((first, *rest, *others), None))


def _deadline() -> float:
    """From here on an answer is due. The first document of a process waits for the sandbox to load; that is not its fault."""
    client.SANDBOX.start(wait=True)
    return time.monotonic() + SECONDS


def _left(end: float) -> float:
    return max(0.3, end - time.monotonic())


def _in_rounds(content: bytes, address: str, guard: Guard, end: float) -> Outcome:
    """Ask, fetch, ask again. Whatever is still wanted at the end is refused, and the document is judged without it."""
    had: set[str] = set()
    with client.examination(content, clock.now(), address, within=_left(end)) as go_on:
        outcome = go_on({})
        for place in range(ROUNDS):
            wanted = [url for url in outcome.wants if url not in had]
            if outcome.report is not None or not wanted:
                break
            taken = wanted[: MOST_ADDRESSES - len(had)] if place < ROUNDS - 1 else []
            had.update(wanted)
            refused = {url: Resource(problem="refused") for url in wanted if url not in taken}
            outcome = go_on({**refused, **_had(taken, guard, end)})
    if outcome.report is None:
        raise NotExamined("crashed")
    return outcome


def _had(urls: Sequence[str], guard: Guard, end: float) -> Mapping[str, Resource]:
    """Ours by ourselves, the others side by side."""
    foreign = [url for url in urls if not ours.is_ours(url)]
    within = end - time.monotonic() - _RESERVE
    found = {url: ours.answer(url) for url in urls if url not in foreign}
    if not foreign:
        return found
    if within <= 0:
        return found | {url: Resource(problem="timeout") for url in foreign}
    with ThreadPoolExecutor(max_workers=len(foreign)) as threads:
        got = threads.map(lambda url: guard.fetch(url, within=within), foreign)
        return found | dict(zip(foreign, got, strict=True))


def _waiting(outcome: Outcome) -> Outcome:
    """From its own address, a text whose key was withdrawn stands in the issuer's records: neither good nor bad for now.

    A file in hand may be a forgery with the key that others know, and stays what it is: signed with no key of the issuer.
    """
    report = outcome.report
    if report is None or outcome.issuer is None:
        return outcome
    again = Check("key", Result.UNKNOWN, "signing_again", {"name": outcome.issuer.name})
    found = tuple(again if check.finding == "key_not_listed" else check for check in report.checks)
    return replace(outcome, report=Report(found, report.document))


def _with_issuer(outcome: Outcome) -> Outcome:
    """The report with the check that only this site can make: whether the issuer is known here."""
    report = outcome.report
    if report is None:
        return outcome
    place = max((n for n, check in enumerate(report.checks, 1) if check.key in _BEFORE_ISSUER), default=0)
    checks = (*report.checks[:place], _issuer(outcome, report), *report.checks[place:])
    return replace(outcome, report=Report(checks, report.document))


def _issuer(outcome: Outcome, report: Report) -> Check:
    """Known is only whose key has signed: a name in a forged document says nothing about the one who bears it."""
    named, proved = outcome.issuer, {check.key for check in report.checks if check.result is Result.PASSED}
    if named is None or report.document is None:
        return Check("issuer", Result.UNKNOWN, "unread")
    facts = {"did": named.id, "name": named.name, **_host(named.host or named.id)}
    if not {"signature", "key"} <= proved:
        return Check("issuer", Result.UNKNOWN, "issuer_unproved", facts)
    if issuer := ours.known_issuer(named.id):
        return Check("issuer", Result.PASSED, "issuer_known", {**facts, "name": issuer.name})
    return Check("issuer", Result.UNKNOWN, "issuer_unknown", facts)


def _host(host: str) -> dict[str, str]:
    """A host as it is really asked for, and in its own letters: two scripts may look alike."""
    try:
        return {"host": idna.encode(host, uts46=True).decode(), "written": idna.decode(host)}
    except (idna.IDNAError, UnicodeError):
        return {"host": host.encode("ascii", "backslashreplace").decode(), "written": host}
