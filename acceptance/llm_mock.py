"""An OpenAI-compatible endpoint that is as good or as bad as it is told to be.

    with Mock("slow") as mock: ... mock.url

Kinds: good (continues "One, two, three," and keeps to a grammar's first text), slow (says nothing), dribble (signs of life, no word),
wrong (fluent, outside any grammar), garbage (no JSON), truncated (breaks off inside an event), babbling (never ends), overloaded (429 with
Retry-After), failing (500 with a long page), refusing (401), moved (302 to elsewhere), and down (nothing listens there)."""
import http.server
import json
import re
import socket
import ssl
import threading
import time

FAULTS = ("slow", "dribble", "wrong", "garbage", "truncated", "babbling", "overloaded", "failing", "refusing", "moved", "down")


def first_text(grammar):
    """A text that a grammar of ours produces: the first choice of each rule, its literals joined."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines() if " ::= " in line)

    def expand(name):
        text = ""
        first = re.match(r'(?:"(?:[^"\\]|\\.)*"|[^|"])*', rules[name]).group(0)
        for literal, rule in re.findall(r'"((?:[^"\\]|\\.)*)"|([\w-]+)', first):
            text += expand(rule) if rule else re.sub(r"\\x([0-9A-F]{2})|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], literal)
        return text

    return expand("root")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def whole(self, status, body, headers=()):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def piece(self, text, end=None):
        chat = "chat" in self.path
        part = {"delta": {"content": text}} if chat else {"text": text}
        self.raw("data: " + json.dumps({"choices": [{**part, "finish_reason": end}]}) + "\n\n")

    def raw(self, text):
        self.wfile.write(text.encode())
        self.wfile.flush()

    def wait(self):
        self.server.mock.stopping.wait(120)

    def do_GET(self):
        kind = self.server.mock.kind
        if kind in ("good", "wrong", "truncated", "babbling"):
            return self.whole(200, json.dumps({"data": [{"id": "mock", "owned_by": "llamacpp"}]}))
        return self.fault(kind)

    def do_POST(self):
        mock = self.server.mock
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        mock.requests.append({"path": self.path, "body": body, "authorization": self.headers.get("Authorization")})
        try:
            if mock.kind == "good":
                return self.good(body)
            return self.fault(mock.kind)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            return None

    def good(self, body):
        script = self.server.mock.script
        text = script(body) if script else first_text(body["grammar"]) if body.get("grammar") else " four, five, six"
        self.begin()
        for at in range(0, len(text), 5):
            self.piece(text[at:at + 5])
        self.piece("", "stop")
        self.raw("data: [DONE]\n\n")

    def fault(self, kind):
        if kind == "slow":
            return self.wait()
        if kind == "overloaded":
            return self.whole(429, json.dumps({"error": {"message": "too many requests"}}), [("Retry-After", "30")])
        if kind == "failing":
            return self.whole(500, "<html>" + "out of order " * 5000)
        if kind == "refusing":
            return self.whole(401, json.dumps({"error": {"message": "wrong key: " + str(self.headers.get("Authorization"))}}))
        if kind == "moved":
            return self.whole(302, "", [("Location", "http://127.0.0.1:1/v1/completions")])
        if kind == "garbage":
            return self.whole(200, "<!doctype html><title>hello</title>")
        self.begin()
        if kind == "dribble":
            while not self.server.mock.stopping.wait(0.2):
                self.raw(": still here\n\n")
        elif kind == "wrong":
            self.piece(" You bought 9,999 of it, as “The Great Invention” by Nobody says.")
            self.piece("", "stop")
            self.raw("data: [DONE]\n\n")
        elif kind == "truncated":
            self.piece(" Because you")
            self.raw('data: {"choices":[{"te')
        elif kind == "babbling":
            while not self.server.mock.stopping.is_set():
                self.piece(" and so on")
        return None


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


class Mock:
    def __init__(self, kind, certificate=None, script=None):
        """`certificate`: (certificate, key) files; then it speaks https. `script`: what a good one answers to a request's body."""
        self.kind = kind
        self.script = script
        self.requests = []
        self.stopping = threading.Event()
        if kind == "down":
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
            self.server = None
            return
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.mock = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        host = "localhost" if certificate else "127.0.0.1"
        self.url = f"{'https' if certificate else 'http'}://{host}:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        if self.server:
            time.sleep(0.05)
            self.server.shutdown()
            self.server.server_close()
