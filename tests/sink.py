"""A server on the loopback that counts who knocks, and a guard that may go there: for tests of whatever is fetched."""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuers.fetching import Guard

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"


class Sink:
    """A server on the loopback: counts connections, keeps what it was asked, answers with what `say` writes."""

    def __init__(self, say, tls=None):
        self.say, self.tls, self.asked, self.connections = say, tls, [], 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        try:
            with self.tls.wrap_socket(connection, server_side=True) if self.tls else connection as talk:
                self.asked.append(talk.recv(65536).decode())
                self.say(talk, self.asked[-1]) if self.say.__code__.co_argcount > 1 else self.say(talk)
        except OSError:
            return


def says(answer):
    return lambda talk: talk.sendall(answer)


@contextmanager
def sink(say, **options):
    made = Sink(say, **options)
    try:
        yield made
    finally:
        made.listener.close()


def loopback(made, **options):
    """A guard that may go to this sink, under any name."""
    options = {"resolver": lambda host, port: ["127.0.0.1"], "permits": lambda address: True, **options}
    return Guard(ports={made.port}, **options)


def full(body, head=HEAD):
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def serving(file):
    """TLS of the server side."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(file)
    return made


def pages(found):
    """Answers by path, as a small web server; 404 for the rest."""

    def say(talk, asked):
        path = asked.split(" ")[1]
        body = found.get(path)
        talk.sendall(full(body) if body is not None else full(b"", b"HTTP/1.1 404 Not Found\r\n"))

    return say
