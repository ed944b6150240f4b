"""What servers say, understood: answers as they are seen in logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipients.mail_answers import cause, for_now

SAID = [
    (
        "550 5.1.1 <jo@example.org>: Recipient address rejected: User unknown in local recipient table",
        "no_such_address",
    ),
    ("550-5.1.1 The email account that you tried to reach does not exist.", "no_such_address"),
    ("550 No such user here", "no_such_address"),
    ("550 5.1.2 Host unknown", "no_such_domain"),
    ("5.4.4 (unable to route: no mail hosts for domain)", "no_such_domain"),
    ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "no_such_address"),
    ("551 5.1.6 Address no longer valid", "moved"),
    ("552 5.2.2 Mailbox full", "full"),
    ("452 4.2.2 The email account that you tried to reach is over quota.", "full"),
    ("452 Requested action not taken: insufficient system storage", "full"),
    ("552 5.3.4 Message size exceeds fixed limit", "too_large"),
    ("525 5.7.13 User account is disabled", "closed"),
    ("550 5.2.1 The email account that you tried to reach is disabled.", "closed"),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "spam"),
    ("550 5.7.1 Message contains spam or virus", "spam"),
    ("550 5.7.1 Access denied by policy", "blocked"),
    ("550 5.7.26 This mail is unauthenticated: SPF and DKIM did not pass", "not_trusted"),
    ("550 5.7.1 Unauthenticated email from example.org is not accepted due to domain's DMARC policy", "not_trusted"),
    (
        "450 4.2.0 <jo@example.org>: Recipient address rejected: Greylisted, see http://postgrey.example.org",
        "greylisted",
    ),
    ("451 4.7.1 Please try again later", "greylisted"),
    ("421 4.7.28 Our system has detected an unusual rate of mail", "too_many"),
    ("421 4.3.2 Service shutting down", "busy"),
    ("530 5.7.0 Authentication required", "sender_refused"),
    ("535 5.7.8 Wrong password", "sender_refused"),
    ("TimeoutError: timed out", "unreachable"),
    ("ConnectionRefusedError: [Errno 111] Connection refused", "unreachable"),
    ("SMTPServerDisconnected: Connection unexpectedly closed", "unreachable"),
    ("SSLCertVerificationError: certificate verify failed", "tls"),
    ("Not delivering to previously bounced address", "suppressed"),
    ("stopped", "stopped"),
    ("The worker stopped while it sent this, five times.", "worker"),
    ("", "unknown"),
    ("Something 12.1.2.3 happened", "unknown"),
    ("host mx.example.org[198.51.100.550] said nothing", "unknown"),
]


@pytest.mark.parametrize(("said", "found"), SAID, ids=range(len(SAID)))
def test_answer_is_understood(said, found):
    assert cause(said) == found


@pytest.mark.parametrize(
    ("said", "later"),
    [("452 4.2.2 full", True), ("450 wait", True), ("smtp;451 try", True), ("552 5.2.2 full", False), ("", False)],
)
def test_answer_says_whether_it_may_work_later(said, later):
    assert for_now(said) is later


@given(st.text(max_size=300))
def test_every_text_has_a_cause(said):
    assert cause(said)
    assert for_now(said) in {True, False}
