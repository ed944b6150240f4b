"""The rules of one text, address, link: the same on every surface (SECURITY 4 N, E, U)."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from issuers import cleaning
from issuers.cleaning import Refused


def code(rule, value, **limits):
    with pytest.raises(Refused) as caught:
        rule(value, **limits)
    return caught.value.code


@pytest.mark.parametrize("text", ["", "   ", "\u00a0", "\u200b\ufeff", "\u200d", "\u0301", "\u202e"])
def test_name_is_needed(text):
    assert code(cleaning.name, text) == "required"


@pytest.mark.parametrize(
    "text",
    [
        "Ø",
        "Mr. O’Neil-Smith, Jr.",
        "null",
        "NaN",
        "0",
        "<b>{{7*7}}</b>",
        "${x} %s",
        "'; DROP TABLE",
        "https://example.org",
        "محمد علي",
        "משה כהן",
        "श्रेया",
        "สมชาย",
        "山田 太郎",
        "김민수",
        "می‌خواهم",
        "👩‍💻 Ada",
        "Nguyễn",
        "x" * 200,
    ],
)
def test_name_is_kept_as_it_is_written(text):
    assert cleaning.name(text) == cleaning.Cleaned(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x" * 201, "too_long"),
        ("Ana\nLi", "control_character"),
        ("Ana\tLi", "control_character"),
        ("Ana\r\nBcc: x@example.org", "control_character"),
        ("Ana\u2028Li", "control_character"),
        ("Ana\0", "control_character"),
        ("Ana\x7f", "control_character"),
        ("Ana \ud800", "broken_character"),
        ("Ana \ue000", "unassigned_character"),
        ("Ana \uffff", "unassigned_character"),
        ("a\u0316\u0317\u0318\u0319\u031a", "too_many_marks"),
    ],
)
def test_name_is_refused_with_its_reason(text, wanted):
    assert code(cleaning.name, text) == wanted


def test_name_loses_what_turns_the_direction_and_says_so():
    assert cleaning.name("RTL\u202eevil\u2066") == cleaning.Cleaned("RTLevil", ("bidi_control_removed",))


def test_name_loses_stray_marks_and_doubled_blanks():
    assert cleaning.name(" \ufeffAna\u200b \u00a0  Li\u3000").value == "Ana Li"


def test_two_ways_of_writing_one_letter_are_one_name():
    assert cleaning.name("Zoe\u0308").value == cleaning.name("Zoë").value


@given(st.text(max_size=60))
def test_cleaned_name_is_clean_already(text):
    try:
        cleaned = cleaning.name(text).value
    except Refused:
        return
    assert cleaning.name(cleaned).value == cleaned
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    cleaned.encode()


def test_prose_keeps_its_lines():
    assert cleaning.prose(" one\r\ntwo\rthree\n\n").value == "one\ntwo\nthree"


def test_prose_is_refused_when_it_is_too_long():
    assert code(cleaning.prose, "x" * 11, most=10) == "too_long"


# Addresses.


@pytest.mark.parametrize(
    ("text", "mail_to"),
    [
        ("Ana@Example.ORG", "Ana@example.org"),
        (" \u00a0ana@example.org\t", "ana@example.org"),
        ("Ana Li <ana@example.org>", "ana@example.org"),
        ('"Li, Ana" <ana@example.org>', "ana@example.org"),
        ("x@bücher.example", "x@xn--bcher-kva.example"),
        ("a+tag@example.org", "a+tag@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("info@sub.example.co.uk", "info@sub.example.co.uk"),
    ],
)
def test_address_is_read_in_this_form(text, mail_to):
    assert cleaning.address(text).mail_to == mail_to


def test_addresses_differ_by_tag_and_not_by_case():
    assert cleaning.address_key("ANA@example.org") == cleaning.address_key("ana@EXAMPLE.org")
    assert cleaning.address_key("a+tag@example.org") != cleaning.address_key("a@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "ana",
        "a@b@c.org",
        "a@b",
        '"a b"@x.org',
        "a" * 65 + "@x.org",
        "a@" + "x" * 64 + ".org",
        "ünï@x.org",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@localhost",
        "a..b@x.org",
        ".a@x.org",
        "a.@x.org",
        "a@x.org.",
        "a@.x.org",
        "a@x..org",
        "a@-x.org",
        "v@x.org\nBcc: z@x.org",
        "v@x.org,evil@y.org",
        "v@x.org;evil@y.org",
        "v@x.org evil@y.org",
        "v＠x.org",
        "mıke@x.org",
        "a%00@x.org",
        "a%0d%0aBcc@x.org",
        "a@x.org\0",
        "a@x\u200b.org",
        "a@x.o",
        "a@x.\ud800",
        "Ana <Li> <a@x.org>",
    ],
)
def test_address_is_refused(text):
    assert code(cleaning.address, text) == "invalid_email"


def test_address_is_refused_when_it_is_longer_than_mail_allows():
    assert code(cleaning.address, "a@" + ".".join(["x" * 60] * 5) + ".org") in {"too_long", "invalid_email"}


@given(st.text(max_size=12), st.text(max_size=20))
@settings(max_examples=400)
@example("a", "\u06dd.org")
@example("a", "xn--.org")
@example("a", "xn--a.org")
def test_any_address_is_ascii_or_refused(local, domain):
    try:
        address = cleaning.address(f"{local}@{domain}")
    except Refused:
        return
    assert address.mail_to.isascii()
    assert address.mail_to.isprintable()
    assert cleaning.address(address.mail_to).key == address.key


# Links.


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        (" https://example.org ", "https://example.org"),
        ("http://example.org:8443/a?b=c#d", "http://example.org:8443/a?b=c#d"),
        ("https://例え.テスト/ä", "https://例え.テスト/ä"),
        ("https://example.org/a[1]", "https://example.org/a%5B1%5D"),
        ("https://example.org/?100%", "https://example.org/?100%25"),
        ("https://example.org/%C3%A4", "https://example.org/%C3%A4"),
        ("https://example.org/#a#b", "https://example.org/#a%23b"),
        ("https://93.184.216.34/x", "https://93.184.216.34/x"),
    ],
)
def test_link_is_kept_as_strict_readers_want_it(text, written):
    assert cleaning.web_address(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "example.org",
        "javascript:alert(1)",
        "ftp://example.org",
        "file:///etc/passwd",
        "data:text/html,x",
        "//example.org",
        "https://",
        "https://example",
        "http://127.0.0.1",
        "http://localhost",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://169.254.169.254/latest",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://ok@127.0.0.1/",
        "http://user:pass@example.org/",
        "http://127.0.0.1#@example.org",
        "http://ok\\@example.org",
        "http://127。0。0。1/",
        "http://ⓛocalhost/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://example.org/<script>",
        "https://example.org/%00",
        "https://example.org/\ue000",
        "https://example.org/\u202e",
        "https://example.org/\ud800",
        "https://exa..mple.org/",
        "http://redis",
        "https://[example.org",
    ],
)
def test_link_is_refused(text):
    assert code(cleaning.web_address, text) == "invalid_url"


def test_link_is_refused_when_it_is_too_long():
    assert code(cleaning.web_address, "https://example.org/" + "x" * 2048) == "too_long"
    assert code(cleaning.web_address, "https://example.org/" + "[" * 1000) == "too_long"


@given(st.text(max_size=40))
@settings(max_examples=400)
def test_any_link_is_an_address_that_can_be_signed_or_refused(text):
    import pyoxigraph

    try:
        written = cleaning.web_address(f"https://example.org/{text}")
    except Refused:
        return
    pyoxigraph.NamedNode(written)
    assert cleaning.web_address(written) == written


@pytest.mark.parametrize("text", ["", "green", "#fff", "#12345g", "1f5c45", "#1f5c45;x"])
def test_colour_is_refused(text):
    assert code(cleaning.colour, text) == "invalid_colour"


def test_colour_is_written_small():
    assert cleaning.colour(" #1F5C45\n") == "#1f5c45"
