"""A program: PDF on standard input → the same without whatever acts, on standard output, within limits. Knows only pikepdf.

It is its own process, so that a PDF that costs too much ends with it and not with the page that somebody waits for.
"""

import io
import resource
import sys
import zlib
from typing import Any

import pikepdf

MEMORY = 900 * 1024 * 1024
SECONDS = 8
MOST_PAGES, MOST_OBJECTS, DEEPEST = 500, 200_000, 60
# Of one stream, and of all; and how much more than itself a large one may become.
MOST_STREAM, MOST_UNPACKED, MOST_RATIO, SMALL = 96 * 1024 * 1024, 600 * 1024 * 1024, 300, 8 * 1024 * 1024
LOCKED, BOMB, DAMAGED = 3, 4, 5
ACTING_KEYS = (
    "/OpenAction",
    "/AA",
    "/JS",
    "/JavaScript",
    "/XFA",
    "/RichMedia",
    "/Launch",
    "/EmbeddedFiles",
    "/AF",
    "/EF",
)
ACTIONS = {
    *("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/Rendition", "/Movie", "/Sound"),
    *("/GoToR", "/GoToE", "/RichMediaExecute", "/Trans", "/GoTo3DView", "/Hide"),
}
ACTING_NOTES = {"/RichMedia", "/Movie", "/Screen", "/3D", "/FileAttachment", "/Sound"}
WEB = ("https://", "http://", "mailto:")


def shut_in() -> None:
    """No file can be written, nothing can be opened or started; memory and time are counted."""
    for kind, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def warm() -> None:
    """Load what writing needs while files can still be opened."""
    blank = pikepdf.new()
    blank.add_blank_page()
    made = io.BytesIO()
    blank.save(made, deterministic_id=True)
    with pikepdf.open(io.BytesIO(made.getvalue())) as again:
        for item in again.objects:
            clean(item)
        len(again.pages)


def clean(item: object, depth: int = 0) -> None:
    """One object and whatever stands inside it; what it only refers to is an object of its own."""
    if depth > DEEPEST:
        sys.exit(BOMB)
    if isinstance(item, pikepdf.Array):
        inner = [value for value in item if isinstance(value, pikepdf.Dictionary | pikepdf.Array)]
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        told = item.stream_dict if isinstance(item, pikepdf.Stream) else item
        tame(told)
        inner = [value for _key, value in told.items() if isinstance(value, pikepdf.Dictionary | pikepdf.Array)]
    else:
        return
    for value in inner:
        if not value.is_indirect:
            clean(value, depth + 1)


def tame(told: pikepdf.Dictionary) -> None:
    """Take away what a reader would do by itself, or when something is pressed."""
    for key in ACTING_KEYS:
        if key in told:
            del told[key]
    if str(told.get("/S", "")) in ACTIONS:
        for key in list(told.keys()):
            del told[key]
    if str(told.get("/Subtype", "")) in ACTING_NOTES:
        told["/Subtype"] = pikepdf.Name("/Text")
    address = str(told.get("/URI", "")).strip().lower() if isinstance(told.get("/URI"), pikepdf.String) else ""
    if address and not address.startswith(WEB):
        del told["/URI"]


def unpacked(stream: pikepdf.Stream, left: int) -> int:
    """How large a stream becomes, counted without keeping it."""
    named: Any = stream.stream_dict.get("/Filter", [])
    filters = [str(named)] if isinstance(named, pikepdf.Name) else [str(name) for name in named]
    if "/JBIG2Decode" in filters or "/Crypt" in filters or filters.count("/FlateDecode") > 1:
        sys.exit(BOMB)
    if filters[:1] != ["/FlateDecode"]:
        return 0
    raw, total, reading = stream.read_raw_bytes(), 0, zlib.decompressobj()
    most = min(MOST_STREAM, left, max(SMALL, len(raw) * MOST_RATIO))
    rest = bytes(raw)
    try:
        while rest and not reading.eof:
            total += len(reading.decompress(rest, 1024 * 1024))
            rest = reading.unconsumed_tail
            if total > most:
                sys.exit(BOMB)
    except zlib.error:
        return total  # torn at its end, as some programs write them: a reader shows what is there
    return total


def main() -> None:
    """Read, tame, write."""
    data = sys.stdin.buffer.read()
    warm()
    shut_in()
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document:
            if document.is_encrypted:
                sys.exit(LOCKED)
            if not len(document.pages):
                sys.exit(DAMAGED)
            if len(document.pages) > MOST_PAGES or len(document.objects) > MOST_OBJECTS:
                sys.exit(BOMB)
            left = MOST_UNPACKED
            for item in document.objects:
                clean(item)
                if isinstance(item, pikepdf.Stream):
                    left -= unpacked(item, left)
            made = io.BytesIO()
            document.remove_unreferenced_resources()
            document.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError:
        sys.exit(LOCKED)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        sys.exit(DAMAGED)
    sys.stdout.buffer.write(made.getvalue())


if __name__ == "__main__":
    main()
