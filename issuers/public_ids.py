"""Names that the outside sees: 22 base58 characters of 16 random bytes."""

import secrets

import base58

LENGTH = 22


def new_public_id() -> str:
    """128 random bits; about one in sixty comes out shorter than 22 letters and is drawn again."""
    while len(text := base58.b58encode(secrets.token_bytes(16)).decode()) != LENGTH:
        continue
    return text
