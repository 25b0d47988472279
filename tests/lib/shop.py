"""A place to run a user's shell commands in: an empty directory, a mock of the service behind its egress proxy,
a token nobody ever had, octavo on PATH; and afterwards the search for that token in everything.
"""

import os
import re
import shutil
import subprocess
import tempfile

from lib import canary, process, tap
from mock.asked import Asked, say
from mock.service import Mock

NONCE = re.compile(r"nonce-[0-9a-f]{16}")
# authors and dates of commits that a test makes
GIT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
       "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com"}


def nonce():
    return "nonce-" + os.urandom(8).hex()


def tell(request):
    """The script of an answer that tells the nonces of what is attached, and what came torn."""
    asked = Asked(request)
    found = sorted(set(NONCE.findall(asked.all())))
    return say(" ".join(["seen", *found, *(f"TORN:{name}" for name in asked.torn)]))


class Shop:
    """`with Shop(octavo, certs) as s:`; what is in `s.directory` goes with it."""

    def __init__(self, octavo, certs, script=None, compose=tell):
        self.directory = os.path.realpath(tempfile.mkdtemp(prefix="oct."))
        self.token = canary.fresh()
        self.said = []          # (what was run, its stdout and stderr)
        bin_directory = self.make("bin")
        os.symlink(octavo, os.path.join(bin_directory, "octavo"))
        self.mock = Mock(certs, script, {"token": self.token}, self.make("sock"),
                         listeners=("egress",), compose=compose)
        self.env = process.clean_environment({
            "HOME": self.make("home"), "TMPDIR": self.make("tmp"), "SSL_CERT_FILE": certs.ca,
            "https_proxy": f"http://127.0.0.1:{self.mock.ports['egress']}", **GIT})
        self.env["PATH"] = f"{bin_directory}:{self.env['PATH']}"

    def __enter__(self):
        self.mock.start()
        return self

    def __exit__(self, *_):
        self.mock.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    # -- the place -----------------------------------------------------------------------------

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def make(self, *names):
        os.makedirs(self.path(*names), exist_ok=True)
        return self.path(*names)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()

    def git(self, *args, cwd="."):
        done = subprocess.run(["git", *args], cwd=self.path(cwd), env=self.env,
                              capture_output=True, text=True)
        tap.expect(done.returncode == 0, f"git {' '.join(args)}: {done.stderr}")
        return done.stdout.strip()

    # -- running -------------------------------------------------------------------------------

    def run(self, argv, cwd=".", env=(), stdin=None, within=30.0, **more):
        full = {**self.env, **dict(env)}
        r = process.run(argv, {k: v for k, v in full.items() if v is not None}, self.path(cwd), stdin,
                        within=within, umask=0o022, **more)
        self.said.append((" ".join(argv)[-60:], r.stdout + b"\n" + r.stderr))
        return r

    def calls(self):
        """The prompts that were asked."""
        return [Asked(r) for r in self.mock.requests if r.endpoint == "responses"]

    def leaks(self, allowed=()):
        """Where the token stands and should not; files of `allowed` are meant to hold it."""
        c = canary.Canary(self.token)
        places = dict(self.said)
        for d, _, names in os.walk(self.directory):
            for n in names:
                p = os.path.join(d, n)
                if os.path.isfile(p) and p not in allowed and not os.path.islink(p):
                    with open(p, "rb") as f:
                        places[os.path.relpath(p, self.directory)] = f.read()
        places["the request log"] = canary.without_credentials(self.mock.log(), [self.token])
        return [f"LEAK: the token is in {place}, {how}"
                for place, data in places.items() for how in c.find(data)]
