"""Real servers in the foreground, for the time of a test."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from lib.tap import Failed, Skip

SBIN = "/usr/sbin:/sbin:" + os.environ.get("PATH", "/usr/bin:/bin")


def program(name):
    path = shutil.which(name, path=SBIN)
    if not path:
        raise Skip(f"no {name} here")
    return path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(port):
    """Whether something listens on the loopback port, found without connecting to it."""
    with open("/proc/net/tcp", encoding="ascii") as f:
        lines = f.read().splitlines()[1:]
    with open("/proc/net/tcp6", encoding="ascii") as f:
        lines += f.read().splitlines()[1:]
    return any(w[1].endswith(f":{port:04X}") and w[3] == "0A" for w in map(str.split, lines))


class Daemon:
    """`with Daemon([...], port) as d:`; `d.directory` is its own and goes with it."""

    def __init__(self, name, port, stdin=None):
        self.name, self.port, self.stdin = name, port, stdin
        self.directory = tempfile.mkdtemp(prefix="oct.")
        os.chmod(self.directory, 0o755)
        self.process = None

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def start(self, *argv):
        path = program(argv[0])
        self.output = open(os.path.join(self.directory, "output"), "wb")
        self.process = subprocess.Popen((path,) + argv[1:], cwd=self.directory,
                                        stdin=self.stdin or subprocess.DEVNULL,
                                        stdout=self.output, stderr=subprocess.STDOUT,
                                        start_new_session=True)
        deadline = time.monotonic() + 15
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{self.name} did not start:", self.said())
            time.sleep(0.02)
        return self

    def said(self):
        self.output.flush()
        with open(self.output.name, "rb") as f:
            return f.read().decode("utf-8", "replace")[-3000:]

    def stop(self):
        if self.process:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self.process.pid, number)
                    self.process.wait(3)
                    break
                except ProcessLookupError:
                    break
                except subprocess.TimeoutExpired:
                    continue
            self.process.wait()
            self.output.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def tinyproxy(upstream):
    """tinyproxy that hands every CONNECT on to `upstream` (host:port)."""
    d = Daemon("tinyproxy", free_port())
    conf = d.write("tinyproxy.conf", "\n".join((
        f"Port {d.port}", "Listen 127.0.0.1", "Timeout 60", "MaxClients 20", "LogLevel Error",
        f"Upstream http {upstream}", "ConnectPort 443", "")))
    try:
        return d.start("tinyproxy", "-d", "-c", conf)
    except BaseException:
        d.stop()
        raise


def squid(upstream, user, password):
    """squid that wants Basic credentials and hands every CONNECT on to `upstream` (a port)."""
    helper = "/usr/lib/squid/basic_ncsa_auth"
    if not os.path.exists(helper):
        raise Skip("no basic_ncsa_auth here")
    if os.geteuid() == 0 and not os.stat("/dev/shm").st_mode & 0o002:
        raise Skip("/dev/shm is root's alone, and squid runs as its own user")
    d = Daemon("squid", free_port())
    hashed = subprocess.run(["openssl", "passwd", "-apr1", password], capture_output=True,
                            text=True, check=True).stdout.strip()
    passwords = d.write("passwords", f"{user}:{hashed}\n")
    conf = d.write("squid.conf", "\n".join((
        f"http_port 127.0.0.1:{d.port}", "pid_filename none", "access_log none",
        "cache_log /dev/null", "cache_store_log none", "cache deny all", "cache_mem 8 MB",
        "coredump_dir none", "pinger_enable off", "shutdown_lifetime 0 seconds",
        "visible_hostname octavo-test", "max_filedescriptors 256", "via off",
        f"auth_param basic program {helper} {passwords}", "auth_param basic children 1",
        "auth_param basic realm octavo test", "acl known proxy_auth REQUIRED",
        "http_access allow known", "http_access deny all",
        f"cache_peer 127.0.0.1 parent {upstream} 0 no-query no-digest default connect-timeout=5",
        "never_direct allow all", "")))
    try:
        return d.start("squid", "-N", "-f", conf)
    except BaseException:
        d.stop()
        raise


def stunnel(cert, key, target):
    """stunnel in front of a loopback port."""
    d = Daemon("stunnel", free_port())
    conf = d.write("stunnel.conf", "\n".join((
        "foreground = yes", "pid =", "debug = 3", "[mock]", f"accept = 127.0.0.1:{d.port}",
        f"connect = 127.0.0.1:{target}", f"cert = {cert}", f"key = {key}", "")))
    try:
        return d.start("stunnel", conf)
    except BaseException:
        d.stop()
        raise


def nginx(cert, key, target):
    """nginx with TLS in front of a loopback port, unbuffered."""
    d = Daemon("nginx", free_port())
    temps = "\n".join(f"{kind}_temp_path {d.directory}/{kind};" for kind in
                      ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    conf = d.write("nginx.conf", f"""
daemon off; master_process off; {user} pid {d.directory}/pid; error_log stderr error;
events {{ worker_connections 64; }}
http {{
	access_log off; {temps}
	server {{
		listen 127.0.0.1:{d.port} ssl;
		ssl_certificate {cert}; ssl_certificate_key {key};
		location / {{
			proxy_pass http://127.0.0.1:{target}; proxy_http_version 1.1;
			proxy_buffering off; client_max_body_size 32m;
		}}
	}}
}}
""")
    try:
        return d.start("nginx", "-p", d.directory, "-e", "stderr", "-c", conf)
    except BaseException:
        d.stop()
        raise
