"""Secrets of a development machine: made once, kept in a private file under .local, never in the repository."""

import base64
import json
import os
import secrets
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / ".local" / "secrets.json"


def load() -> dict[str, str]:
    """SECRET_KEY and KEY_ENCRYPTION_KEYS of this machine; two processes that start together agree on one file."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "KEY_ENCRYPTION_KEYS": "local:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    scratch = FILE.with_suffix(f".{os.getpid()}")
    scratch.write_text(json.dumps(fresh))
    scratch.chmod(0o600)
    try:
        os.link(scratch, FILE)  # atomic, and refuses to replace what another process has just made
    except FileExistsError:
        fresh = json.loads(FILE.read_text())
    finally:
        scratch.unlink()
    return fresh
