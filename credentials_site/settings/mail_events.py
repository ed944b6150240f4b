"""What mail providers tell of our mails (decision 0030): who may, and by which secrets they are known."""

from typing import Any

from environs import Env

# Providers that sign their calls with a key of their own, beside the secret that all of them bring.
SIGNED_WITH = {"mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY"}


def mail_events(env: Env) -> dict[str, Any]:
    """`MAIL_EVENTS=mailgun,postmark`, `MAIL_EVENTS_SECRET=name:password`, and the signing keys. Off without the first."""
    listed: list[str] = env.list("MAIL_EVENTS", [])
    named = [name.strip().lower() for name in listed if name.strip()]
    keys = {SIGNED_WITH[name]: env.str(SIGNED_WITH[name], "") for name in named if name in SIGNED_WITH}
    return {"MAIL_EVENTS": named, "ANYMAIL": {"WEBHOOK_SECRET": env.str("MAIL_EVENTS_SECRET", ""), **keys}}
