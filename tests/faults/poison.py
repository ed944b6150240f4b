"""Documents made to hang, swell or crash whoever reads them; and a web server that reads them as the desk does."""

import copy
import io
import json
import zlib
from pathlib import Path

import pikepdf

COLLEGE = Path(__file__).resolve().parents[2] / "verification" / "sandbox" / "warm" / "college.json"
# A key that anybody can make: nothing has to be fetched, and the whole document is read before the signature fails.
DID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def _signed():
    document = json.loads(json.loads(COLLEGE.read_text())["signed"])
    document["issuer"]["id"] = DID
    document["proof"]["verificationMethod"] = f"{DID}#{DID.removeprefix('did:key:')}"
    document.pop("credentialStatus")
    return document


def clique(nodes):
    """Blank nodes, each of which points at all others: their canonical names take factorial time."""
    document = _signed()
    subject = document["credentialSubject"]
    others = [{"id": f"_:n{n}", "type": "Evidence", "genre": "x", "name": "n"} for n in range(nodes)]
    document["credentialSubject"] = [
        {**copy.deepcopy(subject), "id": f"_:n{n}", "achievement": [{"id": f"_:n{m}"} for m in range(nodes) if m != n]}
        for n in range(nodes)
    ]
    document["evidence"] = others
    return json.dumps(document).encode()


def deep(levels, mark="["):
    return (mark * levels).encode()


def nested(levels):
    document = _signed()
    inner = {"type": "Evidence"}
    for _ in range(levels):
        inner = {"id": "_:x", "type": "Evidence", "evidence": inner}
    document["evidence"] = inner
    return json.dumps(document).encode()


def many(count):
    document = _signed()
    document["evidence"] = [{"id": f"urn:x:{n}", "type": ["Evidence"]} for n in range(count)]
    return json.dumps(document).encode()[: 256 * 1024]


def types(count):
    document = _signed()
    document["type"] = ["VerifiableCredential", "OpenBadgeCredential", *(f"T{n}" for n in range(count))]
    return json.dumps(document).encode()


def png(keyword, text):
    body = keyword + text
    kind = b"iTXt" if b"\0\0\0\0" in body[:30] else b"zTXt"
    made = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0") + _chunk(kind, body)
    return made + _chunk(b"IDAT", zlib.compress(b"\0" * 5)) + _chunk(b"IEND", b"")


def _chunk(kind, body):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def svg_entities():
    entities = '<!ENTITY a0 "x">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return (
        f"<?xml version='1.0'?><!DOCTYPE svg [{entities}]><svg xmlns='http://www.w3.org/2000/svg'>&a11;</svg>".encode()
    )


def pdf(fill):
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(400, 300))
        fill(document)
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()


def _bomb(document):
    made = pikepdf.Stream(document, b"")
    made.write(zlib.compress(b"0" * 100_000_000, 9), filter=pikepdf.Name.FlateDecode)
    document.pages[0].obj.Contents = document.make_indirect(made)


def _patterns(document):
    document.pages[0].contents_add(b"0 0 400 300 re f\n" * 2_000_000)


def _circle(document):
    document.Root.Pages.Kids.append(document.Root.Pages)


def _pages(document):
    for _ in range(3000):
        document.pages.append(document.pages[0])


def token():
    return b".".join([b"eyJhbGciOiJFUzI1NiJ9", b"A" * 200_000, b"A" * 86])


def every():
    """Poison by name: fifty of them."""
    found = {f"clique of {n}": clique(n) for n in range(5, 13)}
    found |= {f"clique of {n}, spaced": clique(n) + b" " * 1000 for n in range(5, 13)}
    found |= {f"{levels} brackets": deep(levels) for levels in (100, 1000, 10_000, 100_000)}
    found |= {f"{levels} braces": deep(levels, '{"a":') for levels in (100, 10_000, 40_000)}
    found |= {f"nested {levels}": nested(levels) for levels in (10, 20, 25)}
    found |= {f"{count} pieces": many(count) for count in (500, 2000, 10_000)}
    found |= {f"{count} types": types(count) for count in (100, 1000, 10_000)}
    found["text bomb"] = png(b"openbadgecredential\0", b"\0" + zlib.compress(b"0" * 80_000_000, 9))
    found["packed text"] = png(b"openbadgecredential\0", b"\x01\0\0\0" + zlib.compress(b"{" * 10_000_000, 9))
    found["long text"] = png(b"openbadgecredential\0", b"\0\0\0\0" + b"[" * 1_000_000)
    found["entities"] = svg_entities()
    found["bomb in a PDF"] = pdf(_bomb)
    found["patterns in a PDF"] = pdf(_patterns)
    found["circle in a PDF"] = pdf(_circle)
    found["pages of a PDF"] = pdf(_pages)
    found["half a PDF"] = pdf(_pages)[:3000]
    found["token"] = token()
    found["numbers"] = b'{"a": ' + b"9" * 200_000 + b"}"
    found["floats"] = b'{"a": ' + b"9." + b"9" * 200_000 + b"e400}"
    found["keys twice"] = b"{" + b'"a":1,' * 30_000 + b'"a":1}'
    found["escapes"] = b'{"a": "' + b"\\u0000" * 30_000 + b'"}'
    found["surrogates"] = b'{"a": "' + b"\\ud800" * 30_000 + b'"}'
    found["quotes"] = b'"' * 200_000
    found["backslashes"] = b'{"' + b"\\" * 200_000
    found["spaces"] = b" " * 250_000
    return found


def application(environ, start_response):
    """The product, and one more address, /examine: the desk's stage as its view calls it, without the view's limit."""
    from credentials_site.wsgi import application as product

    if environ["PATH_INFO"] != "/examine":
        return product(environ, start_response)
    from verification import desk
    from verification.sandbox.client import NotExamined

    if environ["REQUEST_METHOD"] == "GET":
        desk.ready()
        start_response("204 No Content", [])
        return [b""]
    content = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    try:
        report = desk.examine(content).report
        answer = {"checks": {check.key: check.result.value for check in report.checks}}
    except NotExamined as error:
        answer = {"code": error.code}
    start_response("503 Busy" if answer.get("code") == "busy" else "200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]
