"""What reaches browsers: vendored files as their hashes say, nothing inline, and no HTML that was not made by us."""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Who may call mark_safe, and why the text is ours.
SAFE = {
    "badges/templatetags/drawings.py": "drawings of ours, and Markdown that nh3 has cleaned",
    "issuers/templatetags/laurel.py": "icons, and our own components around escaped words",
    "verification/templatetags/kept.py": "what a template has rendered, and so escaped",
    "verification/views/credential.py": "a random word of ours",
}
APPS = ("issuers", "badges", "recipients", "verification", "credentials_site")


def _templates(*suffixes):
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in suffixes:
            yield str(path.relative_to(ROOT / "templates")), path.read_text()


def test_vendored_files_are_what_their_hashes_say():
    manifest = json.loads((ROOT / "static/vendor/vendor.json").read_text())
    listed = [entry for package in manifest.values() for entry in package.get("sha256", {}).items()]

    assert len(listed) >= 2
    for name, expected in listed:
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == expected, name


def test_mark_safe_stands_only_where_it_was_reviewed():
    found = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "mark_safe(" in path.read_text()
    }

    assert found <= set(SAFE)


def test_pages_have_nothing_inline_that_the_policy_would_refuse():
    inline = re.compile(r"<style|\sstyle=|\son\w+=|javascript:|\|safe\b", re.IGNORECASE)
    mails = ("emails/", "issuers/emails/", "account/email/")
    wrong = [name for name, text in _templates(".html") if not name.startswith(mails) and inline.search(text)]

    # The two pages that stand when nothing else does bring their looks along.
    assert sorted(wrong) == [name for name in ("500.html", "503.html") if name in wrong]


def test_scripts_in_pages_are_files_or_data():
    for name, text in _templates(".html"):
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or 'type="application/json"' in tag, name


def test_title_of_a_page_is_text():
    """A browser shows elements there as they are written."""
    titles = {
        name: re.search(r"{% block title %}(.*?){% endblock %}", text, re.DOTALL) for name, text in _templates(".html")
    }
    found = {name for name, title in titles.items() if title and "<" in title[1]}

    assert len(titles) > 100
    assert found == set()
