"""Byte streams the mock speaks over: a socket, and TLS over any stream (so also TLS in TLS).

TLS runs over memory buffers, not over the socket itself: that is what lets a script end a
connection without close_notify, reset it, or talk TLS inside a TLS tunnel.
"""

import select
import socket
import ssl
import struct


class Gone(Exception):
    """The peer closed or reset, or the mock is being stopped."""


class Tcp:
    """A connected TCP or unix socket."""

    def __init__(self, sock, halted):
        self.sock = sock
        self.halted = halted            # threading.Event: the mock is stopping
        self.bytes_in = 0
        self.bytes_out = 0
        sock.setblocking(True)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def recv(self, n=65536):
        """At least one byte, b"" at the peer's end."""
        while True:
            if self.halted.is_set():
                raise Gone("halted")
            try:
                if select.select([self.sock], [], [], 0.1)[0]:
                    data = self.sock.recv(n)
                    self.bytes_in += len(data)
                    return data
            except (OSError, ValueError) as e:
                raise Gone(str(e)) from e

    def send(self, data):
        view = memoryview(data)
        while view:
            if self.halted.is_set():
                raise Gone("halted")
            try:
                if select.select([], [self.sock], [], 0.1)[1]:
                    sent = self.sock.send(view[:262144], socket.MSG_DONTWAIT)
                    self.bytes_out += sent
                    view = view[sent:]
            except BlockingIOError:
                continue
            except (OSError, ValueError) as e:
                raise Gone(str(e)) from e

    def close(self):
        """An orderly end: FIN, then a moment for the peer's own bytes, so that none provokes a
        reset that would overtake what was just sent."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(0.2)
            while self.sock.recv(65536):
                pass
        except OSError:
            pass
        self.sock.close()

    fin = close

    def rst(self):
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        self.sock.close()


class Tls:
    """The server's side of TLS over another stream."""

    def __init__(self, lower, context):
        self.lower = lower
        self.sni = None
        self.inb = ssl.MemoryBIO()
        self.outb = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.inb, self.outb, server_side=True)

    def handshake(self):
        """Shake hands; afterwards `sni` is the name the client asked for."""
        self._step(self.tls.do_handshake)
        self.sni = getattr(self.tls, "asked_name", None)

    def _flush(self):
        data = self.outb.read()
        if data:
            self.lower.send(data)

    def _step(self, call, *args):
        while True:
            try:
                answer = call(*args)
                self._flush()
                return answer
            except ssl.SSLWantReadError:
                self._flush()
                data = self.lower.recv()
                if data:
                    self.inb.write(data)
                else:
                    self.inb.write_eof()
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLError as e:
                try:
                    self._flush()
                except Gone:
                    pass
                raise Gone(f"tls: {e.reason or e}") from e

    def recv(self, n=65536):
        return self._step(self.tls.read, n)

    def send(self, data):
        view = memoryview(data)
        while view:
            sent = self._step(self.tls.write, view[:65536])
            view = view[sent:]

    def close(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        try:
            self._flush()
        except Gone:
            pass
        self.lower.close()

    def fin(self):
        """End the connection below without close_notify."""
        self.lower.fin()

    def rst(self):
        self.lower.rst()
