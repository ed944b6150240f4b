"""Bits of a Bitstring Status List (W3C vc-bitstring-status-list 1.0). Index 0 is the leftmost bit."""

import base64
import binascii
import gzip
import io
import zlib
from collections.abc import Callable, Iterable
from functools import lru_cache

SMALLEST = 131_072
# A list from outside may be a bomb: 8 MiB are 64 million entries.
MOST_BYTES = 8 * 1024 * 1024


def encode(set_indexes: Iterable[int], size: int = SMALLEST) -> str:
    """`u` + base64url of the gzipped bits; the same bits give the same text."""
    bits = bytearray(size // 8)
    for index in set_indexes:
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()


def decode(encoded: str) -> bytes:
    """The bits. Raises ValueError for what is no list, too short, or unpacks to more than it should."""
    if not encoded.startswith("u"):
        raise ValueError("encodedList is not base64url with its multibase mark")
    body = encoded[1:]
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            bits = file.read(MOST_BYTES + 1)
    except (binascii.Error, OSError, EOFError, zlib.error) as error:
        raise ValueError("encodedList does not unpack") from error
    if not SMALLEST // 8 <= len(bits) <= MOST_BYTES:
        raise ValueError(f"a status list has at least {SMALLEST} entries, and not more than fit {MOST_BYTES} bytes")
    return bits


# Our own lists are asked about at every page: 64 of them, of 16 KiB each. Never for lists from outside, which may be large.
decode_ours = lru_cache(maxsize=64)(decode)


def bit(encoded: str, index: int, decode: Callable[[str], bytes] = decode) -> bool:
    """One entry. Raises ValueError when the index is outside the list."""
    bits = decode(encoded)
    if not 0 <= index < len(bits) * 8:
        raise ValueError(f"index {index} is outside the list")
    return bool(bits[index >> 3] & 0x80 >> (index & 7))
