r"""The script language: what the mock does for one connection step or one request.

A script is a list of lines, one verb each; tests/scenario/README.md lists the verbs. A line that
begins with "| " continues the line above: its text and a newline are appended to the argument.
{name} is replaced by what the scenario knows under that name; other braces stay as they are.
"""

import base64
import json
import re
import time

from mock import events
from mock.stream import Gone

ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|[rnt0\\s])")
PLAIN = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\", "s": b" "}
UNITS = {"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class ScriptError(Exception):
    """The script itself is wrong."""


class Cut(Exception):
    """The script asked for the connection to end here."""


def unescape(text):
    r"""Text with \r \n \t \0 \\ \s and \xHH to bytes."""
    out, at = b"", 0
    for m in ESCAPE.finditer(text):
        out += text[at:m.start()].encode()
        key = m.group(1)
        out += bytes([int(key[1:], 16)]) if key[0] == "x" else PLAIN[key]
        at = m.end()
    return out + text[at:].encode()


def seconds(text):
    m = re.fullmatch(r"([\d.]+)(ms|s)", text)
    if not m:
        raise ScriptError(f"not a time: {text}")
    return float(m.group(1)) * (0.001 if m.group(2) == "ms" else 1)


def size(text):
    m = re.fullmatch(r"(\d+)([BKMG]?)", text)
    if not m:
        raise ScriptError(f"not a size: {text}")
    return int(m.group(1)) * UNITS[m.group(2)]


SPELLINGS = {
    "": lambda t: t,
    "upper": str.upper,
    "base64": lambda t: base64.b64encode(t.encode()).decode(),
    "base64-1": lambda t: base64.b64encode(b"x" + t.encode()).decode(),
    "base64-2": lambda t: base64.b64encode(b"xy" + t.encode()).decode(),
    "base64url": lambda t: base64.urlsafe_b64encode(t.encode()).decode().rstrip("="),
    "hex": lambda t: t.encode().hex(),
    "HEX": lambda t: t.encode().hex().upper(),
    "percent": lambda t: "".join(f"%{b:02x}" for b in t.encode()),
    "PERCENT": lambda t: "".join(f"%{b:02X}" for b in t.encode()),
    "u": lambda t: "".join(f"\\u{b:04x}" for b in t.encode()),
    "head": lambda t: t[:30],
    "tail": lambda t: t[30:],
}


def expand(text, names):
    """{name} and {name:spelling}; unknown names stay, so JSON needs no quoting."""
    def one(m):
        key, _, spelling = m.group(1).partition(":")
        if key not in names or spelling not in SPELLINGS:
            return m.group(0)
        return SPELLINGS[spelling](str(names[key]))
    return re.sub(r"\{([a-z][\w-]*(?::[\w-]+)?)\}", one, text)


def parse(text):
    """Script text to [(verb, argument)]."""
    steps = []
    for line in text.split("\n"):
        if line == "|" or line.startswith("| "):
            if not steps:
                raise ScriptError("a script cannot begin with a continuation line")
            verb, arg = steps[-1]
            steps[-1] = (verb, arg + line[2:] + "\n")
            continue
        line = line.strip()
        if line and not line.startswith("#"):
            verb, _, arg = line.partition(" ")
            if not hasattr(Exchange, "do_" + verb.replace("-", "_")):
                raise ScriptError(f"unknown verb: {verb}")
            steps.append((verb, arg.strip()))
    return steps


class Exchange:
    """Runs one script on one stream. Also used, without head and body, for connection steps."""

    def __init__(self, stream, names, request=None, model="gpt-mock", halted=None):
        self.stream = stream
        self.names = names
        self.request = request
        self.halted = halted
        self.status, self.reason = 200, None
        self.headers = {}
        self.removed = set()
        self.framing = None             # length, chunked, close or none
        self.declared = None            # a content-length told in so many words
        self.chunk_sizes, self.chunk_at, self.chunk_ext = [], 0, b""
        self.trailers = b""
        self.held = b""                 # the body, while its length is still to be learnt
        self.head_sent = False
        self.ended = False
        self.drip_n, self.drip_s = 0, 0.0
        self.limit = None               # body bytes until the cut
        self.limit_how = "close"
        self.answer = events.Answer(model)
        self.style = events.Framing()
        self.stamps = []                # (monotonic seconds before the write, text)
        self.keep = True                # the connection may carry another request

    def run(self, steps):
        """True when the connection may be used again."""
        try:
            for verb, arg in steps:
                getattr(self, "do_" + verb.replace("-", "_"))(arg)
            if self.request is not None and not self.ended:
                self.do_end("")
        except Cut:
            self.keep = False
        return self.keep

    # -- writing ---------------------------------------------------------------------------

    def wire(self, data):
        if not self.drip_n:
            self.stream.send(data)
            return
        for i in range(0, len(data), self.drip_n):
            self.stream.send(data[i:i + self.drip_n])
            self.wait(self.drip_s)

    def wait(self, s):
        if self.halted is not None:
            if self.halted.wait(s):
                raise Gone("halted")
        else:
            time.sleep(s)

    def start(self, default_framing, content_type):
        if self.head_sent or self.framing == "none":
            return
        self.framing = self.framing or default_framing
        if content_type and "content-type" not in self.removed:
            self.headers.setdefault("content-type", ("Content-Type", content_type))
        if self.framing == "length" and self.declared is None:
            return                      # the head waits for the body
        self.head()

    def head(self):
        lines = [f"HTTP/1.1 {self.status} {self.reason or 'Mock'}"]
        for name, value in self.headers.values():
            lines.append(f"{name}: {value}")
        if self.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
        elif self.framing == "length":
            n = len(self.held) if self.declared is None else self.declared
            lines.append(f"Content-Length: {n}")
        elif self.framing == "close":
            lines.append("Connection: close")
        self.head_sent = True
        self.wire(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def put(self, data):
        """Body bytes, framed and counted against the cut."""
        if self.limit is not None and len(data) >= self.limit:
            data, last = data[:self.limit], True
        else:
            last = False
        if self.limit is not None:
            self.limit -= len(data)
        if not self.head_sent and self.framing == "length" and not last:
            self.held += data
            return
        if not self.head_sent and self.framing == "length":
            self.held += data
            data = self.held
            self.declared = len(self.held) + 1000
            self.head()
        self.framed(data)
        if last:
            getattr(self, "do_" + self.limit_how)("")

    def framed(self, data):
        if self.framing != "chunked":
            self.wire(data)
            return
        at = 0
        while at < len(data):
            n = len(data) - at
            if self.chunk_sizes:
                n = min(n, self.chunk_sizes[self.chunk_at % len(self.chunk_sizes)])
                self.chunk_at += 1
            self.wire(b"%x%s\r\n%s\r\n" % (n, self.chunk_ext, data[at:at + n]))
            at += n

    def emit(self, list_of_events, last=False):
        self.start("chunked", "text/event-stream")
        for i, e in enumerate(list_of_events):
            self.put(self.style.frame(e, last and i == len(list_of_events) - 1))

    def own(self):
        """A body of our own, for status answers."""
        self.start("length", "application/json")

    # -- head ------------------------------------------------------------------------------

    def do_status(self, arg):
        code, _, reason = arg.partition(" ")
        self.status, self.reason = int(code), expand(reason, self.names) or None

    def do_header(self, arg):
        if arg.startswith("-"):
            self.removed.add(arg[1:].lower())
            self.headers.pop(arg[1:].lower(), None)
            return
        name, colon, value = expand(arg, self.names).partition(":")
        if not colon:
            raise ScriptError(f"not a header line: {arg}")
        key = name.lower() if name.lower() == "content-type" else f"{name} {len(self.headers)}"
        self.headers[key] = (name, value.strip())
        if name.lower() == "connection" and "close" in value.lower():
            self.keep = False

    def do_framing(self, arg):
        if arg not in ("length", "chunked", "close", "none"):
            raise ScriptError(f"unknown framing: {arg}")
        self.framing = arg
        if arg == "close":
            self.keep = False

    def do_length(self, arg):
        self.framing, self.declared = "length", int(arg)

    def do_chunks(self, arg):
        self.framing = "chunked"
        self.chunk_sizes = [int(n) for n in arg.split()]

    def do_chunk_ext(self, arg):
        self.chunk_ext = unescape(arg)

    def do_trailer(self, arg):
        self.trailers += arg.encode() + b"\r\n"

    def do_interim(self, arg):
        """A 1xx head before the real one: status, then header lines separated by ' / '."""
        code, _, rest = arg.partition(" ")
        lines = "".join(f"{line}\r\n" for line in rest.split(" / ") if line)
        self.wire(f"HTTP/1.1 {code} Interim\r\n{lines}\r\n".encode())

    # -- body ------------------------------------------------------------------------------

    def do_json(self, arg):
        self.own()
        self.put(expand(arg, self.names).encode())

    def do_body(self, arg):
        self.own()
        self.put(unescape(expand(arg, self.names)))

    def do_raw(self, arg):
        """Bytes of the event stream, as they stand."""
        self.start("chunked", "text/event-stream")
        self.put(unescape(expand(arg, self.names)))

    def do_send(self, arg):
        """Bytes of the connection, outside any framing."""
        self.wire(unescape(expand(arg, self.names)))
        self.head_sent = self.ended = True

    def do_repeat(self, arg):
        """N TEXT: send TEXT N times."""
        times, _, text = arg.partition(" ")
        self.do_send(text * int(times))

    def do_answer(self, arg):
        self.emit(self.answer.whole(unescape(expand(arg, self.names)).decode()), last=True)

    def do_storm(self, arg):
        """TEXT without end, as fast as it goes."""
        block = unescape(arg)
        block *= max(1, 65536 // len(block))
        while True:
            self.wire(block)

    def do_created(self, _arg):
        self.emit(self.answer.created())

    def do_message(self, arg):
        self.emit(self.answer.message(arg or None))

    def do_delta(self, arg):
        text = unescape(expand(arg, self.names)).decode()
        self.stamps.append((time.monotonic(), text))
        self.emit(self.answer.delta(text))

    def do_done(self, arg):
        self.emit(self.answer.done(unescape(expand(arg, self.names)).decode() if arg else None))

    def do_refusal(self, arg):
        self.emit(self.answer.refusal(expand(arg, self.names)))

    def do_reasoning(self, arg):
        self.emit(self.answer.reasoning(expand(arg, self.names)))

    def finish(self, kind, arg):
        extra = json.loads(expand(arg, self.names)) if arg else None
        self.emit(self.answer.end(kind, extra), last=True)

    def do_completed(self, arg):
        self.finish("completed", arg)

    def do_incomplete(self, arg):
        self.finish("incomplete", arg)

    def do_failed(self, arg):
        self.finish("failed", arg)

    def do_event(self, arg):
        self.emit([json.loads(expand(arg, self.names))])

    def do_stamps(self, arg):
        """COUNT every TIME: deltas that a test can find again, each with its time of writing."""
        count, every = re.fullmatch(r"(\d+) every (\S+)", arg).groups()
        for i in range(int(count)):
            self.do_delta(f"<stamp {i}>\\n")
            self.wait(seconds(every))

    def do_flood(self, arg):
        """SIZE [PIECE]: deltas of PIECE text bytes until SIZE bytes of events were sent."""
        total, _, piece = arg.partition(" ")
        text = "x" * (size(piece) - 1 if piece else 240) + "\n"
        one = self.style.frame(self.answer.delta(text)[0])
        self.answer.text = ""
        block = one * max(1, 65536 // len(one))
        self.start("chunked", "text/event-stream")
        sent = 0
        while sent < size(total):
            self.put(block)
            sent += len(block)

    def do_style(self, arg):
        for word in arg.split():
            if word in ("lf", "cr", "crlf"):
                self.style.newline = {"lf": "\n", "cr": "\r", "crlf": "\r\n"}[word]
            elif word == "no-event-lines":
                self.style.event_lines = False
            elif word in ("multiline", "comments"):
                setattr(self.style, word, True)
            elif word == "no-final-blank":
                self.style.final_blank = False
            elif word == "no-space":
                self.style.space = ""
            else:
                raise ScriptError(f"unknown style: {word}")

    def do_end(self, _arg):
        """Finish the body; happens by itself when a script runs out."""
        self.start("length", None)
        if not self.head_sent and self.framing != "none":
            self.head()
            self.framed(self.held)
        if self.framing == "chunked":
            self.wire(b"0\r\n" + self.trailers + b"\r\n")
        self.ended = True
        if self.framing == "close" or not self.keep:
            self.do_close("")

    # -- the connection --------------------------------------------------------------------

    def do_early(self, _arg):
        """Answer before the request's body was read; the caller acts on it."""

    def do_pause(self, arg):
        self.wait(seconds(arg))

    def do_drip(self, arg):
        n, _, every = arg.partition(" ")
        self.drip_n, self.drip_s = int(n), seconds(every) if every else 0.0

    def do_cut(self, arg):
        """After N body bytes: close, fin (no close_notify) or rst."""
        n, _, how = arg.partition(" ")
        self.limit, self.limit_how = int(n), how or "close"

    def do_silence(self, _arg):
        """Say nothing more until the peer leaves."""
        try:
            while self.stream.recv():
                pass
        except Gone:
            pass
        self.do_close("")

    def do_close(self, _arg):
        self.stream.close()
        raise Cut

    def do_fin(self, _arg):
        self.stream.fin()
        raise Cut

    def do_rst(self, _arg):
        self.stream.rst()
        raise Cut

    # -- steps of a connection, before any request -------------------------------------------

    def do_cert(self, _arg):
        """Which leaf to show; read by the service before the handshake."""

    def do_tls(self, _arg):
        """1.2 or 1.3 only; read by the service before the handshake."""

    def do_alpn(self, _arg):
        """The protocol to insist on; read by the service before the handshake."""
