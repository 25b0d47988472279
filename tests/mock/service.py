"""The mock itself: listeners, the record of what came in, and what is answered to it."""

import base64
import json
import os
import re
import selectors
import socket
import sys
import tempfile
import threading
import time

from mock.script import Exchange, parse
from mock.stream import Gone, Tcp, Tls

# A thread that sends a byte at a time gives the interpreter's lock away at each, and beside one
# that computes it gets it back only after this long: 5 ms, as it comes, made seconds of a stream.
sys.setswitchinterval(0.0002)

ACCOUNT = "acc-11111111"

WHOAMI = {
    "email": "dev@example.com",
    "chatgpt_user_id": "user-mock",
    "chatgpt_account_id": ACCOUNT,
    "chatgpt_plan_type": "business",
    "chatgpt_account_is_fedramp": False,
}
ROUTING = {"accounts": [{"id": ACCOUNT, "workspace_backend_origin": "https://chatgpt.com",
                         "account_routing_override": "NO_CONSTRAINT"}]}


def model(slug, priority, visibility="list"):
    return {"slug": slug, "display_name": slug.upper(), "visibility": visibility,
            "priority": priority, "supported_in_api": True, "default_reasoning_level": "medium",
            "supported_reasoning_levels": [{"effort": "low"}, {"effort": "medium"}],
            "context_window": 272000, "input_modalities": ["text"], "use_responses_lite": False,
            "minimal_client_version": "0.1.0"}


MODELS = {"models": [model("gpt-mock-hidden", 0, "hide"), model("gpt-mock-slow", 9),
                     model("gpt-mock", 2), model("gpt-mock-mini", 4)]}

# method, path without query -> endpoint
ENDPOINTS = (
    ("GET", r"/api/accounts/v1/user-auth-credential/whoami", "whoami"),
    ("GET", r"/backend-api/wham/accounts/check", "routing"),
    ("GET", r"/backend-api/wham/config/bundle", "policy"),
    ("GET", r"(/backend-api/codex|/v1)/models", "models"),
    ("POST", r"(/backend-api/codex|/v1)/responses", "responses"),
)
DEFAULTS = {
    "whoami": "json " + json.dumps(WHOAMI),
    "routing": "json " + json.dumps(ROUTING),
    "policy": "json {}",
    "models": "json " + json.dumps(MODELS),
    "responses": "answer Hello from the mock.",
    "other": 'status 404\njson {"detail":"no such path in the mock"}',
    "connect": "",
    "accept": "",
}
LISTENERS = ("tls", "tcp", "unix", "egress", "egress-tls")


class Connection:
    """One accepted connection, as recorded."""

    def __init__(self, serial, listener):
        self.serial = serial
        self.listener = listener
        self.opened = time.monotonic()
        self.closed = None
        self.connect = None             # host:port asked of the egress
        self.connect_heads = []         # raw CONNECT heads
        self.sni = None
        self.tls_version = None
        self.trouble = None             # why it ended, when not in order
        self.bytes_in = 0

    @property
    def host(self):
        return self.connect or self.listener


class Request:
    """One request, raw and parsed. `body_at` is None while its body has not come."""

    def __init__(self, serial, connection, raw_head):
        self.serial = serial
        self.connection = connection
        self.came = time.monotonic()
        self.body_at = None
        self.raw_head = raw_head
        self.raw_body = b""
        self.body = b""
        self.stamps = []
        lines = raw_head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = (lines[0].split(" ") + ["", "", ""])[:3]
        self.headers = []
        for line in lines[1:]:
            if line:
                name, _, value = line.partition(":")
                self.headers.append((name, value.strip()))
        path = self.target.partition("?")[0]
        self.endpoint = "other"
        for method, pattern, endpoint in ENDPOINTS:
            if method == self.method and re.fullmatch(pattern, path):
                self.endpoint = endpoint

    def header(self, name):
        values = [v for n, v in self.headers if n.lower() == name.lower()]
        return values[0] if values else None

    @property
    def raw(self):
        return self.raw_head + self.raw_body


class Mock:
    """Start it, point a client at it, read `requests` and `connections`, stop it.

    `script` maps an endpoint ("responses"), or an endpoint and a turn ("responses 2"), to script
    text; endpoints are those of DEFAULTS. The k-th request to an endpoint takes the script of turn
    k, else the one without a turn, else the default. "connect" and "accept" are steps of a
    connection: the answer to CONNECT, and what happens before the TLS handshake; they may also name
    the target of the CONNECT ("accept chatgpt.com:443"), which then counts before all turns.
    """

    def __init__(self, certs, script=None, names=None, directory=None, listeners=LISTENERS,
                 proxy_login=None, ports=None, compose=None):
        self.certs = certs
        self.names = dict(names or {})
        self.script = {k: parse(v) for k, v in {**DEFAULTS, **(script or {})}.items()}
        self.proxy_login = proxy_login  # "user:password" wanted from CONNECT
        self.compose = compose          # request -> script text, instead of "responses"
        self.directory = directory or tempfile.mkdtemp(prefix="mock.")
        self.requests, self.connections = [], []
        self.lock = threading.Lock()
        self.turns = {}
        self.halted = threading.Event()
        self.selector = selectors.DefaultSelector()
        self.ports, self.unix = {}, None
        self.threads = []
        for kind in listeners:
            self._listen(kind, (ports or {}).get(kind, 0))

    # -- life ------------------------------------------------------------------------------

    def _listen(self, kind, port):
        if kind == "unix":
            self.unix = os.path.join(self.directory, "mock.sock")
            s = socket.socket(socket.AF_UNIX)
            s.bind(self.unix)
            os.chmod(self.unix, 0o666)
        else:
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", port))
            self.ports[kind] = s.getsockname()[1]
        s.listen(64)
        s.setblocking(False)
        self.selector.register(s, selectors.EVENT_READ, kind)

    def start(self):
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()
        return self

    def stop(self):
        self.halted.set()
        self.acceptor.join()
        for t in self.threads:
            t.join(2)
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()
        if self.unix:
            os.unlink(self.unix)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _accept(self):
        while not self.halted.is_set():
            for key, _ in self.selector.select(0.05):
                try:
                    sock, _ = key.fileobj.accept()
                except OSError:
                    continue
                with self.lock:
                    c = Connection(len(self.connections) + 1, key.data)
                    self.connections.append(c)
                t = threading.Thread(target=self._serve, args=(sock, c), daemon=True)
                self.threads.append(t)
                t.start()

    # -- one connection ----------------------------------------------------------------------

    def _serve(self, sock, c):
        tcp = Tcp(sock, self.halted)
        try:
            self._converse(tcp, c)
        except Gone as e:
            c.trouble = str(e)
        finally:
            c.bytes_in = tcp.bytes_in
            c.closed = time.monotonic()
            try:
                sock.close()
            except OSError:
                pass

    def _converse(self, stream, c):
        if c.listener == "egress-tls":
            stream = Tls(stream, self.certs.context())
            stream.handshake()
        if c.listener.startswith("egress") and not self._tunnel(stream, c):
            return
        if c.listener not in ("tcp", "unix"):
            stream = self._secure(stream, c)
        while stream is not None and self._exchange(stream, c):
            pass

    def _take(self, endpoint, host=None):
        with self.lock:
            turn = self.turns[endpoint] = self.turns.get(endpoint, 0) + 1
        by_turn = self.script.get(f"{endpoint} {turn}", self.script[endpoint])
        return self.script.get(f"{endpoint} {host}", by_turn)

    def _tunnel(self, stream, c):
        """Answer CONNECT; True when the tunnel stands."""
        head, rest = read_head(stream)
        if not head:
            return False
        c.connect_heads.append(head)
        asked = Request(0, c, head)
        c.connect = asked.target
        ex = Exchange(stream, self.names, asked, halted=self.halted)
        steps = self._take("connect", c.connect)
        if not steps and self.proxy_login:
            steps = self._login(asked)
        if asked.method != "CONNECT":
            steps = parse("status 400\nframing close\nbody this egress only does CONNECT")
        if steps:
            ex.run(steps)
            if ex.status != 200:
                if ex.keep:
                    stream.close()
                return False
        else:
            stream.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if rest:
            raise Gone("the client sent bytes before the tunnel stood")
        return True

    def _login(self, asked):
        want = "Basic " + base64.b64encode(self.proxy_login.encode()).decode()
        if asked.header("proxy-authorization") == want:
            return []
        return parse("status 407\nheader Proxy-Authenticate: Basic realm=\"mock\"\n"
                     "framing close\nbody proxy login wanted")

    def _secure(self, stream, c):
        steps = self._take("accept", c.connect)
        facts = {"cert": "good", "tls": None, "alpn": "http/1.1"}
        facts.update({v: a for v, a in steps if v in facts})
        ex = Exchange(stream, self.names, halted=self.halted)
        if not ex.run([s for s in steps if s[0] not in facts]):
            return None
        tls = Tls(stream, self.certs.context(facts["cert"], facts["tls"], facts["alpn"]))
        try:
            tls.handshake()
        finally:
            c.sni = tls.sni
        c.tls_version = tls.tls.version()
        return tls

    def _exchange(self, stream, c):
        """One request and its answer; True when another may follow."""
        head, rest = read_head(stream, getattr(stream, "left", b""))
        if not head:
            stream.close()
            return False
        with self.lock:
            r = Request(len(self.requests) + 1, c, head)
            self.requests.append(r)
        steps = self._take(r.endpoint)
        early = any(verb == "early" for verb, _ in steps)
        if not early:
            stream.left = read_body(stream, r, rest)
        if r.endpoint == "responses" and self.compose:
            steps = parse(self.compose(r))
        ex = Exchange(stream, self.names, r, model=asked_model(r), halted=self.halted)
        r.stamps = ex.stamps
        keep = ex.run(steps)
        if early and keep:
            stream.left = read_body(stream, r, rest)
        return keep and (r.header("connection") or "").lower() != "close"

    # -- for assertions ------------------------------------------------------------------------

    def log(self):
        """Everything received, as bytes, for the search for secrets."""
        return b"".join(h for c in self.connections for h in c.connect_heads) + \
            b"".join(r.raw for r in self.requests)


def asked_model(r):
    try:
        return json.loads(r.body).get("model") or "gpt-mock"
    except (ValueError, AttributeError):
        return "gpt-mock"


def read_head(stream, data=b""):
    """(head with its blank line, bytes behind it); (b"", b"") at an end before any byte."""
    while b"\r\n\r\n" not in data:
        more = stream.recv()
        if not more:
            if data.strip():
                raise Gone("end inside a head")
            return b"", b""
        data += more
        if len(data) > 1 << 20:
            raise Gone("head too long")
    head, _, rest = data.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", rest


def read_body(stream, r, data):
    """Read the body of `r`; returns what came behind it."""
    if (r.header("transfer-encoding") or "").lower() == "chunked":
        rest = read_chunks(stream, r, data)
    else:
        n = int(r.header("content-length") or 0)
        pieces, have = [data], len(data)
        while have < n:
            more = stream.recv()
            if not more:
                r.raw_body = b"".join(pieces)
                raise Gone("end inside a body")
            pieces.append(more)
            have += len(more)
        data = b"".join(pieces)
        r.raw_body = r.body = data[:n]
        rest = data[n:]
    r.body_at = time.monotonic()
    return rest


def read_chunks(stream, r, data):
    whole = data

    def line():
        nonlocal data, whole
        while b"\r\n" not in data:
            more = stream.recv()
            if not more:
                raise Gone("end inside a chunked body")
            data += more
            whole += more
        text, _, data = data.partition(b"\r\n")
        return text

    while True:
        n = int(line().partition(b";")[0], 16)
        if n == 0:
            while line():
                pass
            r.raw_body = whole[:len(whole) - len(data)]
            return data
        while len(data) < n + 2:
            more = stream.recv()
            if not more:
                raise Gone("end inside a chunk")
            data += more
            whole += more
        r.body += data[:n]
        data = data[n + 2:]
