"""The TLS client against openssl s_server: suites, curves, versions, names, and bad ends."""

import os
import socket
import subprocess
import threading
import time

from der import pem
from lib.tap import Failed, expect
from zoo import HOST, Zoo


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """openssl s_server -www, up when the body of `with` runs."""

    def __init__(self, *options):
        self.port = free_port()
        self.process = subprocess.Popen(
            ("openssl", "s_server", "-www", "-quiet", "-accept", f"127.0.0.1:{self.port}") + options,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise Failed("openssl s_server did not come up")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Talker:
    """A server that answers the first bytes with bytes of ours, and closes."""

    def __init__(self, answer):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.talk, args=(answer,), daemon=True)

    def talk(self, answer):
        c, _ = self.listener.accept()
        with c:
            c.recv(4096)
            c.sendall(answer)
            c.shutdown(socket.SHUT_WR)
            try:
                while c.recv(4096):
                    pass
            except ConnectionResetError:
                pass

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.close()


class Files:
    def __init__(self, directory):
        z = Zoo(directory)
        self.root = self.write(directory, "hs-root.pem", pem(z.root()))
        self.kinds = {}
        for kind in ("P-256", "P-384", "P-521", "rsa2048", "rsa4096"):
            label = f"hs-{kind}"
            leaf = z.leaf(kind=kind, label=label,
                          names=(("dns", HOST), ("ip", b"\x7f\0\0\1")))
            self.kinds[kind] = ("-cert", self.write(directory, f"{label}.pem", pem(leaf)),
                                "-key", z.key(label).path)

    @staticmethod
    def write(directory, name, text):
        path = os.path.join(directory, name)
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        return path


def connect(judge, port, host, anchors, eager):
    r = subprocess.run([judge, "connect", str(port), host, anchors] + (["eager"] if eager else []),
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
    expect(r.returncode in (0, 1) and not r.stderr, f"judge died: {r.stderr[-2000:]}")
    return r.stdout.strip()


GOOD = "ok TLS 1.2 "

# label, kind of key, options of s_server, host, words of the answer
TABLE = (
    ("nothing special", "P-256", (), HOST, GOOD),
    ("an address", "P-256", (), "127.0.0.1", GOOD),
    ("another name", "P-256", (), "b.example.com", "trust: certificate for b.example.com refused"),
    ("P-384 key", "P-384", (), HOST, GOOD),
    ("P-521 key", "P-521", (), HOST, GOOD),
    ("RSA 2048 key", "rsa2048", (), HOST, GOOD + "ECDHE-RSA-"),
    ("RSA 4096 key", "rsa4096", (), HOST, GOOD + "ECDHE-RSA-"),
    ("AES-128-GCM", "P-256", ("-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), HOST, GOOD),
    ("AES-256-GCM", "P-256", ("-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"), HOST,
     GOOD + "ECDHE-ECDSA-AES256-GCM"),
    ("ChaCha20-Poly1305", "P-256", ("-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"), HOST,
     GOOD + "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ("AES-256-GCM with RSA", "rsa2048", ("-cipher", "ECDHE-RSA-AES256-GCM-SHA384"), HOST,
     GOOD + "ECDHE-RSA-AES256-GCM"),
    ("ChaCha20-Poly1305 with RSA", "rsa2048", ("-cipher", "ECDHE-RSA-CHACHA20-POLY1305"), HOST,
     GOOD + "ECDHE-RSA-CHACHA20-POLY1305"),
    ("exchange over X25519 only", "P-256", ("-groups", "X25519"), HOST, "trust: TLS: the peer and octavo"),
    ("exchange over P-256", "P-256", ("-groups", "P-256"), HOST, GOOD),
    ("exchange over P-384", "P-256", ("-groups", "P-384"), HOST, GOOD),
    ("exchange over P-521", "P-256", ("-groups", "P-521"), HOST, GOOD),
    ("exchange over X448 only", "P-256", ("-groups", "X448"), HOST, "trust: TLS: the peer and octavo"),
    ("TLS 1.3 only", "P-256", ("-tls1_3",), HOST, "trust: TLS: the peer wants TLS 1.3"),
    ("TLS 1.1 only", "P-256", ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), HOST, "trust: TLS: "),
    ("CBC only", "P-256", ("-cipher", "ECDHE-ECDSA-AES128-SHA256", "-tls1_2"), HOST, "trust: TLS: "),
    ("static RSA only", "rsa2048", ("-cipher", "AES128-GCM-SHA256", "-tls1_2"), HOST, "trust: TLS: "),
    ("DHE only", "rsa2048", ("-cipher", "DHE-RSA-AES128-GCM-SHA256", "-tls1_2"), HOST,
     "trust: TLS: "),
    ("SHA-1 signatures only", "rsa2048", ("-sigalgs", "RSA+SHA1", "-cipher", "ALL:@SECLEVEL=0"), HOST,
     "trust: TLS: "),
    ("ALPN http/1.1", "P-256", ("-alpn", "http/1.1"), HOST, GOOD),
    ("ALPN h2 or http/1.1", "P-256", ("-alpn", "h2,http/1.1"), HOST, GOOD),
    ("ALPN h2 only", "P-256", ("-alpn", "h2"), HOST, "trust: TLS: the peer does not speak http/1.1"),
    ("a client certificate asked for", "P-256", ("-verify", "1"), HOST, GOOD),
    ("a client certificate insisted on", "P-256", ("-Verify", "1"), HOST, "trust: TLS: "),
    ("small records", "P-256", ("-max_send_frag", "512"), HOST, GOOD),
)


def alert(code):
    return bytes((21, 3, 3, 0, 2, 2, code))


# label, what is answered to ClientHello, words of the answer
BROKEN = (
    ("cut before ServerHello", b"", "connection: the connection was cut in the TLS handshake"),
    ("cut inside a record", b"\x16\x03\x03\x01\x00\x02", "connection: the connection was cut"),
    ("plain HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n", "protocol: TLS: the peer does not speak TLS"),
    ("alert handshake_failure", alert(40), "trust: TLS: the peer and octavo have no"),
    ("alert protocol_version", alert(70), "trust: TLS: the peer wants TLS 1.3"),
    ("alert unrecognized_name", alert(112), "trust: TLS: the peer does not know"),
    ("alert internal_error", alert(80), "trust: TLS: the peer gave up with alert 80"),
    ("alert unknown to all", alert(213), "trust: TLS: the peer gave up with alert 213"),
    ("an oversized record", b"\x16\x03\x03\xff\xff" + bytes(100), "protocol: TLS: "),
    ("application data at once", b"\x17\x03\x03\x00\x01a", "protocol: TLS: "),
    ("zeros", bytes(1000), "protocol: TLS: "),
)


def tests(judge, directory):
    files = []

    def get():
        if not files:
            files.append(Files(directory))
        return files[0]

    def handshake(kind, options, host, words, eager):
        def test():
            f = get()
            with Server(*f.kinds[kind], *options) as s:
                said = connect(judge, s.port, host, f.root, eager)
            expect(said.startswith(words), said, f"wanted: {words}")
        return test

    def broken(answer, words):
        def test():
            with Talker(answer) as s:
                said = connect(judge, s.port, HOST, get().root, False)
            expect(said.startswith(words), said, f"wanted: {words}")
        return test

    for label, kind, options, host, words in TABLE:
        yield f"s_server: {label}", handshake(kind, options, host, words, False)
        yield f"s_server, False Start: {label}", handshake(kind, options, host, words, True)
    for label, answer, words in BROKEN:
        yield f"broken server: {label}", broken(answer, words)
