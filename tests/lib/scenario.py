"""Reads one scenario file. The format is described in tests/scenario/README.md."""

import os
import re

SECTION = re.compile(r"== (.+)")
KEYS = {
    "transport": "service",     # service, any, or a list of those in VIAS
    "proxy": "",                # user:password the egress wants
    "stdin": "",                # null, empty, closed, held; "" = null, or the section's bytes
    "stdout": "pipe",           # pipe, file, full, closed, gone
    "stderr": "pipe",           # pipe, full, closed, gone, stuck, stuck-nonblock
    "within": "10s",
    "umask": "077",
    "rss": "",                  # the most memory the run may hold, "4M"
}
VIAS = {
    "service": "the real names through the mock egress",
    "egress-tls": "the real names through a TLS proxy",
    "tcp": "--base-url http://127.0.0.1",
    "tls": "--base-url https://127.0.0.1",
    "unix": "--base-url unix:",
}
ANY = ("service", "tcp", "unix")


class FormatError(Exception):
    pass


class Want:
    """One thing wanted of an output: exact, contains, lacks, regex, or empty."""

    def __init__(self, stream, how, text):
        self.stream, self.how, self.text = stream, how, text


class WantRequest:
    """Line 1: method and target; header lines (`-Name` = absent); `json` or `body` at the end."""

    def __init__(self, endpoint, turn, text):
        self.endpoint, self.turn = endpoint, turn
        self.line, self.present, self.absent = None, [], []
        self.json = self.body = None
        lines = text.rstrip("\n").split("\n")
        for i, line in enumerate(lines):
            if line.startswith("json "):
                self.json = "\n".join([line[5:]] + lines[i + 1:])
                break
            if line.startswith("body "):
                self.body = line[5:]
            elif line.startswith("-"):
                self.absent.append(line[1:].strip())
            elif self.line is None and re.match(r"[A-Z]+ \S", line):
                self.line = line
            elif ":" in line:
                name, _, value = line.partition(":")
                self.present.append((name.strip(), value.strip()))
            elif line.strip():
                raise FormatError(f"not understood in want request: {line}")


class Scenario:
    def __init__(self, path, name):
        self.path, self.name = path, name
        self.title = ""
        self.keys = dict(KEYS)
        self.run = None
        self.env = []               # (name, value or None)
        self.stdin = None
        self.files = []             # (name, mode, text, escapes are undone)
        self.script = {}
        self.signal = None          # (name, when, what)
        self.wants = []
        self.want_requests = []
        self.want_exit = None
        self.want_counts = {}
        self.want_hosts = None
        self.links = []             # (name, what it leads to)
        self.want_files = []        # (name, mode, "absent", "untouched", "escaped" or "", text)
        self.want_json = None       # a list of JSON values, not yet read
        self.want_conversations = {}    # name: (mode, as want_json)
        with open(path, encoding="utf-8") as f:
            self._read(f.read())

    def _read(self, text):
        title, head, body, in_section = [], None, [], False
        sections = []
        for line in text.split("\n"):
            m = SECTION.fullmatch(line)
            if m:
                if in_section:
                    sections.append((head, body))
                head, body, in_section = m.group(1), [], True
            elif in_section:
                body.append(line)
            elif line.startswith("#"):
                title.append(line[1:].strip())
            elif line.strip():
                key, colon, value = line.partition(":")
                if not colon or key not in KEYS:
                    raise FormatError(f"{self.path}: unknown key: {line}")
                self.keys[key] = value.strip()
        if in_section:
            sections.append((head, body))
        self.title = title[0] if title else self.name
        for head, body in sections:
            while body and not body[-1].strip():
                body.pop()
            self._section(head, "".join(line + "\n" for line in body))
        if self.run is None:
            raise FormatError(f"{self.path}: no section 'run'")
        if self.want_exit is None:
            raise FormatError(f"{self.path}: no section 'want exit'")

    def _section(self, head, body):
        word, _, rest = head.partition(" ")
        if word == "run":
            self.run = body.strip()
        elif word == "env":
            for line in body.splitlines():
                name, equals, value = line.partition("=")
                if line.startswith("-"):
                    self.env.append((line[1:].strip(), None))
                elif equals:
                    self.env.append((name, value))
        elif word == "stdin":
            self.stdin = (body, rest == "escaped")
        elif word == "file":
            m = re.fullmatch(r"(\S+)((?: mode=[0-7]+| escaped)*)", rest)
            if not m:
                raise FormatError(f"{self.path}: {head}")
            mode = re.search(r"mode=([0-7]+)", m.group(2))
            self.files.append((m.group(1), int(mode.group(1), 8) if mode else 0o600, body,
                               "escaped" in m.group(2)))
        elif word == "link":
            self.links.append((rest, body.strip()))
        elif word == "on":
            self.script[rest] = body
        elif word == "signal":
            m = re.fullmatch(r"(\w+) (?:after (\S+)|at stdout (.+)|at request (\S+))", rest)
            if not m:
                raise FormatError(f"{self.path}: {head}")
            self.signal = m.groups()
        elif word == "want":
            self._want(rest, body, head)
        else:
            raise FormatError(f"{self.path}: unknown section: {head}")

    def _want(self, rest, body, head):
        word, _, rest = rest.partition(" ")
        if word == "exit":
            self.want_exit = int(rest)
        elif word == "json":
            self.want_json = body
        elif word in ("stdout", "stderr"):
            if rest not in ("", "contains", "lacks", "regex", "empty", "escaped"):
                raise FormatError(f"{self.path}: {head}")
            self.wants.append(Want(word, rest or "exact", body))
        elif word == "request":
            endpoint, _, turn = rest.partition(" ")
            self.want_requests.append(WantRequest(endpoint, int(turn or 1), body))
        elif word == "counts":
            for line in (rest + "\n" + body).splitlines():
                for name, n in re.findall(r"(\w+) (\d+)", line):
                    self.want_counts[name] = int(n)
        elif word == "hosts":
            self.want_hosts = (rest + " " + body).split()
        elif word == "file":
            m = re.fullmatch(r"(\S+)(?: mode=([0-7]+))?(?: (absent|untouched|escaped))?", rest)
            if not m:
                raise FormatError(f"{self.path}: {head}")
            self.want_files.append((m.group(1), int(m.group(2) or "0", 8), m.group(3) or "", body))
        elif word == "conversation":
            m = re.fullmatch(r"(\S+)(?: mode=([0-7]+))?", rest)
            if not m:
                raise FormatError(f"{self.path}: {head}")
            self.want_conversations[m.group(1)] = (int(m.group(2) or "0", 8), body)
        else:
            raise FormatError(f"{self.path}: unknown section: {head}")

    def vias(self):
        asked = self.keys["transport"].replace(",", " ").split()
        out = []
        for via in asked:
            if via != "any" and via not in VIAS:
                raise FormatError(f"{self.path}: unknown transport: {via}")
            out += ANY if via == "any" else (via,)
        return out


def find(root):
    """Every scenario below root, in order of name."""
    found = []
    for directory, dirs, names in os.walk(root):
        dirs.sort()
        for n in sorted(names):
            if n.endswith(".test"):
                path = os.path.join(directory, n)
                found.append(Scenario(path, os.path.relpath(path, root)[:-5]))
    return found
