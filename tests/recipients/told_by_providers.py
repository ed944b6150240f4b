"""Calls of mail providers as their documentation shows them, about one mail of ours, with the signatures that they would have."""

import base64
import hashlib
import hmac
import secrets
import time

SECRET = "laurel:not-to-be-guessed"
KEY = "key-of-mailgun"


def basic(secret=SECRET):
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(secret.encode()).decode()}


def signature(key=KEY, at=None, token=None):
    token, at = token or secrets.token_hex(25), str(int(at or time.time()))
    made = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": at, "token": token, "signature": made}


def mailgun(mail, event="failed", *, severity="permanent", code=550, message="5.1.1 No such user", signed=None):
    """https://documentation.mailgun.com: an event wrapped with its signature; the Message-ID comes without brackets."""
    return {
        "signature": signed or signature(),
        "event-data": {
            "event": event,
            "severity": severity,
            "reason": "bounce",
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": time.time(),
            "log-level": "error",
            "recipient": mail.to,
            "recipient-domain": mail.to.partition("@")[2],
            "message": {
                "headers": {
                    "to": mail.to,
                    "message-id": mail.message_id.strip("<>"),
                    "from": "no-reply@example.org",
                    "subject": "You have earned it",
                },
                "attachments": [],
                "size": 111,
            },
            "delivery-status": {
                "code": code,
                "attempt-no": 1,
                "message": message,
                "description": "",
                "session-seconds": 0.4,
            },
            "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
            "tags": [],
            "campaigns": [],
            "user-variables": {},
        },
    }


def postmark(mail, record="Bounce", kind="HardBounce", *, number=4323372036854775807, details="550 5.1.1 unknown user"):
    """https://postmarkapp.com/developer/webhooks: its own number for the mail, and the mark that our header brought."""
    mark = mail.message_id.strip("<>").partition("@")[0]
    return {
        "RecordType": record,
        "MessageStream": "outbound",
        "ID": number,
        "Type": kind,
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"laurel": mark},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": details,
        "Email": mail.to,
        "From": "no-reply@example.org",
        "BouncedAt": "2026-11-01T16:33:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "You have earned it",
    }


def brevo(mail):
    mark = mail.message_id.strip("<>").partition("@")[0]
    return {
        "event": "hard_bounce",
        "email": mail.to,
        "id": 26224,
        "date": "2026-11-01 17:00:00",
        "ts": 1793552400,
        "message-id": "<201798300811.5787683@relay.domain.com>",
        "ts_event": 1793552400,
        "subject": "You have earned it",
        "X-Mailin-custom": f'{{"laurel": "{mark}"}}',
        "reason": "550 5.1.1 server is down",
        "ts_epoch": 1793552400000,
    }


def mailjet(mail):
    mark = mail.message_id.strip("<>").partition("@")[0]
    return [
        {
            "event": "bounce",
            "time": 1793552400,
            "MessageID": 19421777835146490,
            "email": mail.to,
            "mj_campaign_id": 7257,
            "mj_contact_id": 4,
            "customcampaign": "",
            "CustomID": "",
            "Payload": f'{{"laurel": "{mark}"}}',
            "blocked": False,
            "hard_bounce": True,
            "error_related_to": "recipient",
            "error": "user unknown",
        }
    ]


def sparkpost(mail):
    mark = mail.message_id.strip("<>").partition("@")[0]
    return [
        {
            "msys": {
                "message_event": {
                    "type": "bounce",
                    "bounce_class": "10",
                    "error_code": "550",
                    "event_id": "92356927693813856",
                    "message_id": "000443ee14578172be22",
                    "rcpt_meta": {"laurel": mark},
                    "rcpt_to": mail.to,
                    "raw_rcpt_to": mail.to,
                    "raw_reason": "550 5.1.1 No such user",
                    "reason": "550 5.1.1 No such user",
                    "timestamp": "1793552400",
                }
            }
        }
    ]
