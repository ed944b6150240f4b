"""Facts and rules for the tests, by hand and at random. The world is small, so that random facts concern random rules."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from badges.criteria import rules
from badges.criteria.evaluating import evaluate
from badges.criteria.facts import HELD, MEMBER, Fact, History

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)


def at(text, zone=BERLIN, fold=0):
    """A time as a clock on the wall shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def fact(kind="session", key="a", when="2026-10-01 10:00", *, tags=(), value=None, **said):
    moment = when if isinstance(when, datetime) else at(when)
    value = None if value is None else Decimal(str(value))
    return Fact(kind=kind, key=key, at=moment, tags=frozenset(tags), value=value, **said)


def document(*conditions, of="all", **more):
    n = {"n": more.pop("n")} if "n" in more else {}
    return {"format": "rule/1", "needs": {"of": of, **n, "conditions": list(conditions)}, **more}


def verdict(said, facts, *, now=NOW, zone=BERLIN, period=None):
    """Of a condition, or of a whole rule."""
    whole = said if "format" in said else document(said)
    return evaluate(rules.read(whole), History.of(facts, zone=zone, now=now), period)


def finding(condition, facts, **how):
    return verdict(condition, facts, **how).whole.members[0]


# ---- at random

KINDS = ["session", "assessment", "volunteering", "peer_review"]
KEYS, TAGS = ["a", "b", "c", "d"], ["x", "y"]
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia")]
DAYS = st.dates(date(2026, 8, 1), date(2026, 12, 31))
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 8, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    # Often the same moments, and those around midnight.
    st.builds(
        lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
        st.sampled_from([date(2026, 9, 1), date(2026, 10, 25), date(2026, 11, 1)]),
        st.sampled_from([-121, -61, -1, 0, 1, 59, 60, 120]),
    ),
)
FACTS = st.builds(
    Fact,
    kind=st.sampled_from([*KINDS, HELD, MEMBER]),
    key=st.sampled_from(KEYS),
    at=MOMENTS,
    tags=st.frozensets(st.sampled_from(TAGS)),
    value=st.none() | st.integers(-20, 200).map(Decimal) | st.decimals(0, 100, places=2),
    unit=st.sampled_from(["", "hours", "minutes", "percent"]),
    source=st.sampled_from(["file:1/1", "file:1/2", "event:7"]),
    peer=st.sampled_from(["", "p1", "p2", "p3"]),
)
HISTORIES = st.lists(FACTS, max_size=14)
_TIMES, _AMOUNT = st.integers(1, 4), st.integers(1, 120) | st.decimals(1, 90, places=2).map(float)
_TAGS = st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True)
_NAMED = st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True)
_ONE = {"kind": st.sampled_from(KINDS), "key": st.sampled_from(KEYS)}
_CLOCK = st.sampled_from(["00:00", "12:00", "17:30", "23:59"])


def _said(asked, optional=(), **needed):
    return st.fixed_dictionaries({"type": st.just(asked), **needed}, optional=dict(optional))


@st.composite
def _in_days(draw, said):
    """With two days, one or none, the first one first."""
    first, last = sorted([draw(DAYS), draw(DAYS)])
    which = draw(st.sampled_from(["", "", "from", "to", "both"]))
    days = {"from": first.isoformat()} if which in {"from", "both"} else {}
    days |= {"to": last.isoformat()} if which in {"to", "both"} else {}
    return draw(said) | days


@st.composite
def _some(draw, said):
    """No more of them than are named."""
    found = dict(draw(said))
    named = found.get("keys") or found["credentials"]
    return found | {"at_least": draw(st.integers(1, len(named)))}


_KIND = {"kind": st.sampled_from(KINDS)}
MONOTONE = st.one_of(
    _in_days(_said("count", {"tags": _TAGS}, **_KIND, at_least=_TIMES)),
    _in_days(_said("count", tags=_TAGS, at_least=_TIMES)),
    _in_days(_some(_said("set", **_KIND, keys=_NAMED))),
    _in_days(_said("sum", {"tags": _TAGS}, **_KIND, unit=st.sampled_from(["hours", "minutes"]), at_least=_AMOUNT)),
    _in_days(_said("score", **_ONE, at_least=_AMOUNT)),
    _said("deadline", {"time": _CLOCK}, **_ONE, by=DAYS.map(str)),
    _in_days(_said("peers", {"tags": _TAGS}, **_KIND, at_least=_TIMES)),
    _in_days(_some(_said("holds", credentials=_NAMED))),
    _said("member", group=st.sampled_from(KEYS)),
)
CONDITIONS = st.one_of(
    MONOTONE,
    MONOTONE,
    _in_days(_said("score", **_ONE, at_least=_AMOUNT, take=st.sampled_from(["first", "last"]))),
    _in_days(_said("improved", {"unit": st.just("percent")}, **_ONE, at_least=st.integers(1, 50))),
)


def _unlike(members):
    """No two alike: that would be refused."""
    return [one for place, one in enumerate(members) if one not in members[:place]]


@st.composite
def groups(draw, members, most=4):
    found = _unlike(draw(st.lists(members, min_size=1, max_size=most)))
    of = draw(st.sampled_from(["all", "any", "at_least"]))
    n = {"n": draw(st.integers(1, len(found)))} if of == "at_least" else {}
    return {"of": of, **n, "conditions": found}


TERMS = [
    {"key": "2026-summer", "name": "Summer term", "from": "2026-04-01", "to": "2026-09-30"},
    {"key": "2026-winter", "name": "Winter term", "from": "2026-10-05", "to": "2027-03-31"},
]
EVERY = st.sampled_from([{}, {}, {"every": "week"}, {"every": "month"}, {"every": "term", "terms": TERMS}])


@st.composite
def documents(draw, conditions=CONDITIONS, every=EVERY):
    """Rules that are sound, but for what they come to as a whole."""
    needs = draw(groups(conditions | groups(conditions, 3)))
    return {"format": "rule/1", "needs": needs, **draw(every)}
