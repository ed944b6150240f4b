"""Another system on this machine: keeps every webhook that it is sent, and answers as a test says."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Call:
    """One request: `headers` by lower-case names, `body` as it came, and the moment."""

    def __init__(self, handler):
        self.path, self.at = handler.path, time.monotonic()
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = handler.rfile.read(int(self.headers.get("content-length", "0")))

    @property
    def id(self):
        return self.headers["webhook-id"]


class Receiver:
    """`answer(call)` gives a status, or (status, body, headers)."""

    def __init__(self, answer):
        receiver = self
        self.calls, self.answer, self._lock = [], answer, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                call = Call(self)
                with receiver._lock:
                    receiver.calls.append(call)
                said = receiver.answer(call)
                status, body, headers = said if isinstance(said, tuple) else (said, b"", {})
                try:
                    self.send_response(status)
                    for name, value in {"Content-Length": str(len(body)), **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # whoever asked has gone

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://localhost:{self.server.server_port}/hook"

    @property
    def ids(self):
        return [call.id for call in self.calls]


@contextmanager
def receiver(answer=lambda call: 204):
    made = Receiver(answer)
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
