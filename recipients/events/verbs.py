"""Which xAPI verbs and activity types make a deed here, and of which kind. Everything else is no deed: taken and let go."""

from __future__ import annotations

VOIDED = "adlnet.gov/expapi/verbs/voided"
_ADL, _STREAMS, _TINCAN = "adlnet.gov/expapi/verbs/", "activitystrea.ms/schema/1.0/", "id.tincanapi.com/verb/"

# Verbs after which something is over, by what they say of it; written without their scheme, as both are in use.
_DONE = {_ADL + "completed", _ADL + "mastered", _STREAMS + "complete", _STREAMS + "finish", _TINCAN + "completed"}
_ATTENDED = {_ADL + "attended", _STREAMS + "attend", _TINCAN + "attended"}
_PASSED = {_ADL + "passed"}
_TESTED = {_ADL + "scored", _ADL + "answered", _ADL + "failed"}
_EXPERIENCED = {_ADL + "experienced", _STREAMS + "consume", _STREAMS + "watch"}
_WROTE = {_ADL + "commented", _ADL + "responded", _TINCAN + "replied", _STREAMS + "post", _STREAMS + "author"}
_MENTORED = {_TINCAN + "mentored"}
_REVIEWED = {_TINCAN + "reviewed"}

_TYPES, _TINCAN_TYPES = "adlnet.gov/expapi/activities/", "id.tincanapi.com/activitytype/"
_BY_TYPE = {
    _TYPES + "course": "course",
    _TINCAN_TYPES + "course": "course",
    _TINCAN_TYPES + "lms/course": "course",
    _TYPES + "module": "module",
    _TYPES + "lesson": "module",
    _TINCAN_TYPES + "lms/module": "module",
    _TINCAN_TYPES + "chapter": "module",
    _TINCAN_TYPES + "section": "module",
    _TYPES + "assessment": "assessment",
    _TYPES + "question": "assessment",
    _TYPES + "cmi.interaction": "assessment",
    _TINCAN_TYPES + "school-assignment": "task",
    _TYPES + "meeting": "session",
    _TYPES + "performance": "session",
    _STREAMS + "event": "session",
    _TINCAN_TYPES + "webinar": "session",
    _TINCAN_TYPES + "conference-session": "session",
    _TINCAN_TYPES + "conference": "session",
    _TINCAN_TYPES + "discussion": "contribution",
    _TINCAN_TYPES + "forum-topic": "contribution",
    _TINCAN_TYPES + "forum-reply": "contribution",
}


def bare(iri: str) -> str:
    """Without its scheme."""
    return iri.strip().removeprefix("https://").removeprefix("http://").removesuffix("/")


def kind(verb: str, of: str) -> str:
    """The kind of deed that `verb` on something of type `of` is; '' for none."""
    thing = _BY_TYPE.get(bare(of), "")
    did = bare(verb)
    if did in _ATTENDED:
        return "session"
    if did in _TESTED:
        return "assessment"
    if did in _DONE:
        return thing or "task"
    if did in _PASSED:
        return thing if thing in {"course", "module", "task"} else "assessment"
    if did in _EXPERIENCED:
        # Looking into a course is not taking it, and opening a test is not passing it.
        return "" if thing in {"course", "assessment"} else thing or "task"
    written = {"contribution": _WROTE, "mentoring": _MENTORED, "peer_review": _REVIEWED}
    return next((kind for kind, verbs in written.items() if did in verbs), "")
