"""An event and a statement with everything in them, and what may stand wrong in either, for tests that try anything."""

import copy

from hypothesis import strategies as st

EVENT = {
    "id": "1",
    "type": "quiz.scored",
    "at": "2026-11-20T11:00:00Z",
    "actor": {"email": "ana@example.org", "name": "Ana Li", "student_id": "S1"},
    "object": {"key": "quiz-2", "title": "Quiz 2", "tags": ["statistics"]},
    "value": 72.5,
    "unit": "percent",
    "place": "Room 4",
    "peer": {"email": "bo@example.org"},
    "note": "Two lines\nof it",
    "evidence": "https://example.org/essay",
}
STATEMENT = {
    "id": "12345678-1234-4234-9234-123456789abc",
    "actor": {"objectType": "Agent", "mbox": "mailto:ana@example.org", "name": "Ana Li"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/scored", "display": {"en": "scored"}},
    "object": {
        "objectType": "Activity",
        "id": "https://lms.example/quiz/2",
        "definition": {"name": {"en": "Quiz 2"}, "type": "http://adlnet.gov/expapi/activities/assessment"},
    },
    "result": {"score": {"scaled": 0.7, "raw": 35, "min": 0, "max": 50}, "success": True, "duration": "PT30M"},
    "context": {"contextActivities": {"category": [{"id": "https://x.example/webinar"}]}},
    "timestamp": "2026-11-20T11:00:00Z",
    "version": "1.0.0",
}
# Whatever JSON can say, and what it is likely to say wrong.
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def places(value, path=()):
    """Every place in a document."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in members:
        yield from places(item, (*path, name))


def replaced(document, path, value):
    if not path:
        return value
    made = copy.deepcopy(document)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return made
