"""Indexes in a status list: unique for ever, and not to be guessed from one another.

Positions 0, 1, 2 … are mapped by a keyed permutation (a Feistel network over an even number of bits, walked until the
result is inside the list), so that nothing needs to be remembered but how many were taken.
"""

import hashlib

_ROUNDS = 8


def _round(half: int, number: int, seed: bytes, bits: int) -> int:
    digest = hashlib.blake2b(half.to_bytes(8, "big") + bytes([number]), key=seed[:64], digest_size=8).digest()
    return int.from_bytes(digest, "big") & ((1 << bits) - 1)


def index_at(position: int, seed: bytes, size: int = 131_072) -> int:
    """The index of a position in a list of `size` entries; different positions give different indexes."""
    if not 0 <= position < size:
        raise ValueError(f"position {position} is outside a list of {size}")
    bits = (max(size - 1, 1).bit_length() + 1) // 2
    value = position
    while True:
        left, right = value >> bits, value & ((1 << bits) - 1)
        for number in range(_ROUNDS):
            left, right = right, left ^ _round(right, number, seed, bits)
        value = left << bits | right
        if value < size:
            return value
