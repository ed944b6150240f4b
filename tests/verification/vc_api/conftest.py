"""The profile, turned on, behind a real https server with a self-signed certificate made here."""

import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPException, HTTPSConnection

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

TOKEN = "only-for-these-tests-only-for-these-tests"
SEED = b"\x11" * 32


class Handler(WSGIRequestHandler):
    def log_message(self, *args):
        """Silence: what matters is asserted."""


def certificate(folder):
    """A certificate for localhost, signed by itself, and its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return pem


class Service:
    """The service as a suite sees it: addresses, JSON, status codes. One connection for all: a handshake costs more than an answer."""

    def __init__(self, port, pem):
        self.site = f"https://localhost:{port}"
        trusting = ssl.create_default_context(cafile=str(pem))
        self._connection = HTTPSConnection("localhost", port, context=trusting, timeout=30)

    def ask(self, path, content=None, **headers):
        """(status, headers, body); the body read as JSON where it is JSON."""
        place = path.removeprefix(self.site) if path.startswith("https://") else f"/vc-api/{path}"
        data = content if content is None or isinstance(content, bytes) else json.dumps(content).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if data is not None:
            named.setdefault("content-type", "application/x-www-form-urlencoded")
        try:
            return self._answer(place, data, named)
        except (HTTPException, ConnectionError, ssl.SSLError):  # the server has closed it since: a new one, once
            self._connection.close()
            return self._answer(place, data, named)

    def _answer(self, place, data, headers):
        self._connection.request("GET" if data is None else "POST", place, data, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        kind = answer.headers.get_content_type()
        return answer.status, answer.headers, json.loads(content) if "json" in kind else content

    def close(self):
        self._connection.close()

    def post(self, path, body):
        """(status, body) of a request with a good token."""
        status, _, answer = self.ask(path, body, content_type="application/json", authorization=f"Bearer {TOKEN}")
        return status, answer

    def issue(self, credential, **options):
        return self.post("credentials/issue", {"credential": credential, "options": options})

    def verify(self, credential, **options):
        options = {"checks": ["proof"], **options}
        return self.post("credentials/verify", {"verifiableCredential": credential, "options": options})

    def present(self, presentation, **options):
        return self.post("presentations/verify", {"verifiablePresentation": presentation, "options": options})


@pytest.fixture(scope="session")
def _serving(tmp_path_factory):
    pem = certificate(tmp_path_factory.mktemp("tls"))
    server = ThreadedWSGIServer(("localhost", 0), Handler)
    speaking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    speaking.load_cert_chain(pem)
    server.socket = speaking.wrap_socket(server.socket, server_side=True)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    service = Service(server.server_port, pem)
    yield service
    service.close()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def profile(settings):
    """The profile's settings, as the environment would give them."""
    settings.VC_API_TOKENS, settings.VC_API_WITHOUT_TOKEN, settings.VC_API_KEY = [TOKEN], False, SEED
    return settings


@pytest.fixture
def service(_serving, profile):
    profile.SITE_URL = _serving.site
    return _serving
