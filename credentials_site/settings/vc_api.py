"""The VC-API profile for public conformance suites: off unless asked for, with tokens and a key of its own (decision 0010)."""

import base64
from typing import Any

import base58
from django.core.exceptions import ImproperlyConfigured
from environs import Env

SHORTEST_TOKEN = 32
_SEED = 32
# Multicodec ed25519-priv (0x1300), as `secretKeyMultibase` begins: the seed alone, or the seed and the public key.
_ED25519_PRIVATE = b"\x80\x26"
_MAKE_KEY = "python3 -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"
_MAKE_TOKEN = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"  # noqa: S105 -- how to make one


def vc_api(env: Env, *, is_local: bool) -> dict[str, Any]:
    """VC_API_TOKEN (several while they are exchanged) turns the profile on; VC_API_WITHOUT_TOKEN does on localhost alone."""
    tokens: list[str] = [token.strip() for token in env.list("VC_API_TOKEN", [], subcast=str) if token.strip()]
    without = env.bool("VC_API_WITHOUT_TOKEN", False)
    if any(len(token) < SHORTEST_TOKEN for token in tokens):
        raise ImproperlyConfigured(
            f"VC_API_TOKEN: at least {SHORTEST_TOKEN} characters each, commas between. Make one: {_MAKE_TOKEN}"
        )
    if without and not is_local:
        raise ImproperlyConfigured(
            "VC_API_WITHOUT_TOKEN lets anybody sign: only where SITE_URL is localhost. Set VC_API_TOKEN instead."
        )
    on = bool(tokens) or without
    return {"VC_API_TOKENS": tokens, "VC_API_WITHOUT_TOKEN": without, "VC_API_KEY": _seed(env) if on else b""}


def _seed(env: Env) -> bytes:
    """32 bytes from base64, or from a `secretKeyMultibase`. The text itself stays out of every message: it is a secret."""
    text = env.str("VC_API_KEY", "").strip()
    if not text:
        raise ImproperlyConfigured(f"The VC-API profile is on and VC_API_KEY is not set. Make one: {_MAKE_KEY}")
    try:
        raw = base64.b64decode(text, validate=True) if not text.startswith("z") else _multibase(text)
    except ValueError:
        raw = b""
    if len(raw) != _SEED:
        raise ImproperlyConfigured(
            f"VC_API_KEY wants base64 of 32 bytes, or an Ed25519 secretKeyMultibase. Make one: {_MAKE_KEY}"
        )
    return raw


def _multibase(text: str) -> bytes:
    raw = base58.b58decode(text[1:])
    return raw[2 : 2 + _SEED] if raw.startswith(_ED25519_PRIVATE) and len(raw) in {34, 66} else b""
