"""What octavo contacts, by its system calls, against what doctor --print-egress says."""

import json
import os
import re
import shutil
import tempfile

from lib import canary, process
from lib.tap import Skip, expect
from mock.service import Mock

COMMANDS = ("ask -n --retries 0 hi", "models", "auth status", "doctor --live")
GATEWAY = ("ask -n --retries 0 hi", "models", "doctor --live")
CALLS = "connect,sendto,sendmsg,sendmmsg"
ADDRESS = re.compile(r'sin6?_port=htons\((\d+)\).*?"([0-9a-f.:]+)"')
UNIX = re.compile(r'sun_path=(@?"[^"]*")')
PEER = re.compile(r"^\d+ +\w+\(\d+<([\w-]+):\[(?:.*->(\[?[0-9a-f.:]+\]?):(\d+))?")


def contacted(log):
    """{"127.0.0.1:443", ...} of every connection begun and every datagram sent. To connect a UDP
    socket sends nothing: it asks the routing table."""
    out = set()
    for line in log.splitlines():
        call = re.match(r"\d+ +(\w+)\(", line)
        kind = PEER.match(line)
        if not call or not kind:
            continue
        udp = kind.group(1).startswith("UDP")
        if call.group(1) == "connect" and udp:
            continue
        path = UNIX.search(line) if "AF_UNIX" in line else None
        if path:
            out.add("unix:" + path.group(1).strip('@"'))
        at = ADDRESS.search(line)
        if at and (call.group(1) == "connect" or udp):
            out.add(f"{at.group(2)}:{at.group(1)}")
        elif udp and kind.group(2):
            out.add(f"{kind.group(2)}:{kind.group(3)}")
    return out


class Bed:
    def __init__(self, octavo, certs, listeners, ports=None):
        if not shutil.which("strace"):
            raise Skip("no strace here")
        self.octavo, self.token = octavo, canary.fresh()
        self.work = tempfile.mkdtemp(prefix="oct.")
        self.mock = Mock(certs, None, {"token": self.token}, self.work, listeners, ports=ports)
        self.environment = process.clean_environment({"SSL_CERT_FILE": certs.ca})

    def __enter__(self):
        self.mock.start()
        return self

    def __exit__(self, *_):
        self.mock.stop()
        shutil.rmtree(self.work)

    def run(self, words, token=True):
        """(stdout, what it contacted)"""
        log = os.path.join(self.work, "strace")
        env = {**self.environment, **({"CODEX_ACCESS_TOKEN": self.token} if token else {})}
        r = process.run(["strace", "-f", "-qq", "-yy", "-o", log, "-e", f"trace={CALLS}", self.octavo,
                         *words.split()], env, self.work, within=15)
        if b"ptrace" in r.stderr.lower():
            raise Skip("strace may not trace here")
        expect(r.status == 0, f"{words} ended with {r.status}", r.stderr.decode())
        with open(log, encoding="utf-8", errors="replace") as f:
            return r.stdout.decode(), contacted(f.read())

    def rows(self, more=""):
        """What --print-egress says, which contacts nothing and needs no token."""
        out, seen = self.run(f"doctor --print-egress --json {more}", token=False)
        expect(not seen, f"--print-egress contacted {seen}")
        return json.loads(out)["egress"]


def allowed(host, rows):
    """Is host:port among them?"""
    name, _, port = host.rpartition(":")
    return any(r["port"] == int(port) and (name == r["host"] or (r["host"].startswith("*.")
               and name.endswith(r["host"][1:]))) for r in rows)


def directly(octavo, certs, inside):
    if not inside:
        raise Skip("needs root for names of its own")
    with Bed(octavo, certs, ("tls",), {"tls": 443}) as bed:
        rows = bed.rows()
        expect(not any(r["by_proxy"] for r in rows), f"no proxy is set: {rows}")
        expect(any(r["port"] == 53 for r in rows), f"no name servers: {rows}")
        for words in COMMANDS:
            del bed.mock.connections[:]
            _, seen = bed.run(words)
            # the names are this machine; by which name it was dialled the handshake tells
            expect(seen == {"127.0.0.1:443", "127.0.0.1:53"}, f"{words} contacted {seen}")
            dialled = {f"{c.sni}:443" for c in bed.mock.connections}
            expect(dialled and all(allowed(h, rows) for h in dialled), f"{words} dialled {dialled}")


def by_proxy(octavo, certs, _inside):
    with Bed(octavo, certs, ("egress",)) as bed:
        proxy = f"127.0.0.1:{bed.mock.ports['egress']}"
        bed.environment["https_proxy"] = f"http://{proxy}"
        rows = bed.rows()
        ours = {f"{r['host']}:{r['port']}" for r in rows if not r["by_proxy"]}
        expect(ours == {proxy}, f"besides the proxy: {rows}")
        for words in COMMANDS:
            del bed.mock.connections[:]
            _, seen = bed.run(words)
            expect(seen == {proxy}, f"{words} contacted {seen}")
            asked = {c.connect for c in bed.mock.connections}
            through = [r for r in rows if r["by_proxy"]]
            expect(asked and all(allowed(h, through) for h in asked), f"{words} asked for {asked}")


def gateway(octavo, certs, _inside):
    with Bed(octavo, certs, ("tcp", "unix")) as bed:
        bases = {f"http://127.0.0.1:{bed.mock.ports['tcp']}/v1": f"127.0.0.1:{bed.mock.ports['tcp']}",
                 f"unix:{bed.mock.unix}": f"unix:{bed.mock.unix}"}
        for base, place in bases.items():
            rows = bed.rows(f"--base-url {base}")
            said = [f"{r['host']}:{r['port']}" if r["port"] else f"unix:{r['host']}" for r in rows]
            expect(said == [place], f"{base}: {rows}")
            for words in GATEWAY:
                command, _, rest = words.partition(" ")
                _, seen = bed.run(f"{command} --base-url {base} {rest}")
                expect(seen == {place}, f"{words} at {base} contacted {seen}")


def tests(octavo, certs, inside):
    for name, test in (("directly", directly), ("by a proxy", by_proxy), ("at a gateway", gateway)):
        yield (f"nothing is contacted but what --print-egress says, {name}",
               lambda test=test: test(octavo, certs, inside))
