"""Runs scenarios against a mock of their own, two at a time, and reports in TAP.

In processes, not threads: two mocks in one interpreter take turns.
"""

import argparse
import os
import shlex
import shutil
import signal
import stat
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from lib import canary, check, process, scenario
from mock.certs import Certs
from mock.script import expand, seconds, size, unescape
from mock.service import ACCOUNT, LISTENERS, Mock

QUICK_S = 0.5
SIGNAL_MS = 200             # a run that is told to end is gone within this


def snapshot(directory):
    out = {}
    for d, _, names in os.walk(directory):
        for n in names:
            p = os.path.join(d, n)
            st = os.lstat(p)
            if stat.S_ISREG(st.st_mode):
                out[os.path.relpath(p, directory)] = (st.st_ino, st.st_size, st.st_mtime_ns)
            elif not stat.S_ISSOCK(st.st_mode):
                out[os.path.relpath(p, directory)] = (st.st_ino, 0, 0)
    return out


def read_changed(directory, before):
    out = {}
    for name, facts in snapshot(directory).items():
        if before.get(name) != facts:
            p = os.path.join(directory, name)
            if stat.S_ISREG(os.lstat(p).st_mode):
                with open(p, "rb") as f:
                    out[name] = f.read()
            else:
                out[name] = b""
    return out


class Job:
    """One scenario over one transport."""

    def __init__(self, s, via, setup):
        self.s, self.via, self.setup = s, via, setup
        self.name = s.name if len(s.vias()) == 1 else f"{s.name} [{via}]"
        self.token = canary.fresh()
        self.secret = canary.fresh()[3:43]
        self.signature = canary.fresh()[3:59] + canary.fresh()[3:59]
        self.jwts = canary.jwts(self.signature, ACCOUNT, int(time.time()))
        self.work = os.path.join(setup.work, self.name.replace("/", "_").replace(" ", "_"))

    # -- preparing ---------------------------------------------------------------------------

    def names_of(self, mock):
        base = {
            "tcp": f"http://127.0.0.1:{mock.ports['tcp']}/v1",
            "tls": f"https://127.0.0.1:{mock.ports['tls']}/v1",
            "unix": f"unix:{mock.unix}",
        }
        return {
            "token": self.token, "secret": self.secret, **self.jwts,
            "ca": self.setup.certs.ca,
            "certs": self.setup.certs.directory,
            "dir": self.work,
            "tcp": base["tcp"], "tls": base["tls"], "unix": base["unix"],
            "tcp-port": mock.ports["tcp"], "tls-port": mock.ports["tls"],
            "egress": f"http://127.0.0.1:{mock.ports['egress']}",
            "egress-port": mock.ports["egress"],
            "egress-tls": f"https://127.0.0.1:{mock.ports.get('egress-tls', 1)}",
            "closed-port": 9,
            "responses": "/v1/responses" if self.via in base else "/backend-api/codex/responses",
            "bearer": f"Bearer {self.token}",
        }

    def environment(self, names):
        env = process.clean_environment({
            "HOME": self.work,
            "CODEX_ACCESS_TOKEN": self.token,
            "SSL_CERT_FILE": self.setup.certs.ca,
        })
        if self.via in ("service", "egress-tls"):
            login = expand(self.s.keys["proxy"], names)
            url = names["egress" if self.via == "service" else "egress-tls"]
            env["https_proxy"] = url.replace("://", f"://{login}@") if login else url
        for name, value in self.s.env:
            if value is None:
                env.pop(name, None)
            else:
                env[name] = expand(value, names)
        return env

    def argv(self, names):
        words = [expand(w, names) for w in shlex.split(self.s.run.replace("\n", " "))]
        words = [self.setup.octavo if w == "octavo" else w for w in words]
        command = next((w for w in ("ask", "models", "doctor") if w in words[:2]), None)
        if self.via in ("tcp", "tls", "unix") and command:
            at = words.index(command) + 1
            words[at:at] = ["--base-url", names[self.via]]
        return words

    def lay_out(self, names):
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work, mode=0o755)
        for name, mode, text, escaped in self.s.files:
            p = os.path.join(self.work, name)
            os.makedirs(os.path.dirname(p), exist_ok=True)
            text = expand(text, names)
            data = unescape(text.replace("\n", "")) if escaped else text.encode()
            with open(p, "wb") as f:
                f.write(data)
            os.chmod(p, mode)
        for name, target in self.s.links:
            os.symlink(expand(target, names), os.path.join(self.work, name))

    def stdin(self, names):
        if self.s.stdin is None:
            return None
        text, escaped = self.s.stdin
        text = expand(text, names)
        return unescape(text.replace("\n", "")) if escaped else text.encode()

    # -- running -----------------------------------------------------------------------------

    def poke(self, mock, started):
        """When to send the scenario's signal."""
        if not self.s.signal:
            return None
        name, after, text, endpoint = self.s.signal
        number = getattr(signal, "SIG" + name)

        def when(r):
            if after is not None:
                ready = time.monotonic() - started >= seconds(after)
            elif text is not None:
                ready = unescape(text) in r.stdout
            else:
                ready = any(q.endpoint == endpoint and q.body_at for q in list(mock.requests))
            return number if ready else 0
        return when

    def run(self):
        """A list of findings; empty when all is well."""
        started = time.monotonic()
        os.makedirs(self.work, exist_ok=True)
        sock_dir = tempfile.mkdtemp(dir=self.setup.socks)
        mock = Mock(self.setup.certs, self.s.script, {"token": self.token}, sock_dir,
                    LISTENERS, expand(self.s.keys["proxy"], {"secret": self.secret}))
        names = self.names_of(mock)
        mock.names = names
        with mock:
            self.lay_out(names)
            before = snapshot(self.work)
            within = seconds(self.s.keys["within"])
            r = process.run(self.argv(names), self.environment(names), self.work,
                            self.stdin(names), self.s.keys["stdin"] or "null",
                            self.s.keys["stdout"], within, self.poke(mock, started),
                            umask=int(self.s.keys["umask"], 8),
                            stderr_kind=self.s.keys["stderr"],
                            weigh=bool(self.s.keys["rss"]))
            time.sleep(0.01)
            created = read_changed(self.work, before)
            gone = set(before) - set(snapshot(self.work))
        out = self.findings(r, mock, names, created, within)
        out += check.files(self.s, created, gone, self.work, names)
        if not out:
            shutil.rmtree(self.work, ignore_errors=True)
        return out

    def findings(self, r, mock, names, created, within):
        s, out = self.s, []
        if r.killed:
            out.append("did not end by itself and was killed")
        elif r.wall > within:
            out.append(f"took {r.wall:.2f} s, wanted at most {within:g} s")
        seen = r.rss or r.wall < QUICK_S    # what is over so soon may not have been seen at all
        if s.keys["rss"] and (not seen or r.rss > size(s.keys["rss"])):
            out.append(f"held {r.rss} bytes, wanted at most {s.keys['rss']}")
        if r.status != s.want_exit:
            out += [f"exit status: wanted {s.want_exit}, got {r.status}", "stderr was:",
                    *check.shown(r.stderr).split("\n")]
        if r.signalled and (r.ended - r.signalled) * 1000 > SIGNAL_MS:
            out.append(f"ended {(r.ended - r.signalled) * 1000:.0f} ms after the signal")
        for want in s.wants:
            out += check.output(want, r, names)
        out += check.quiet(s, r)
        out += check.lines(s, r, names)
        for want in s.want_requests:
            if self.via in ("service", "egress-tls") or want.endpoint in ("responses", "models"):
                out += check.request(want, mock, names)
        out += check.counts(s, mock) if len(s.vias()) == 1 or self.via == "service" else []
        return out + self.leaks(r, mock, created)

    def leaks(self, r, mock, created):
        """The token, the signature of a JWT, and passwords, in anything the run left behind."""
        said = {"stdout": r.stdout, "stderr": r.stderr}
        said.update({f"file {name}": data for name, data in created.items()})
        log = canary.without_credentials(mock.log(), [self.token, *self.jwts.values()])
        places = (("token", self.token, {**said, "the request log": log}),
                  ("signature of the JWT", self.signature, {**said, "the request log": log}),
                  ("password", self.secret, said))
        out = []
        for what, text, where in places:
            c = canary.Canary(text)
            for place, data in where.items():
                out += [f"LEAK: the {what} is in {place}, {how}" for how in c.find(data)]
        return out


class Setup:
    def __init__(self, octavo, build):
        self.octavo = os.path.abspath(octavo)
        self.work = os.path.join(os.path.abspath(build), "scenario")
        # the path of a socket holds 107 bytes, a build directory may be longer
        self.socks = tempfile.mkdtemp(prefix="oct.")
        self.certs = Certs(os.path.join(os.path.abspath(build), "certs"))

    def close(self):
        shutil.rmtree(self.socks, ignore_errors=True)


JOBS = []       # known before the processes are forked, which take them by number


def timed(nth):
    job = JOBS[nth]
    start = time.monotonic()
    try:
        found = job.run()
    except Exception as e:      # a broken scenario must not take the others with it
        found = [f"the runner failed: {e}", *traceback.format_exc().split("\n")]
    return found, time.monotonic() - start


def main(argv=None):
    here = os.path.dirname(os.path.abspath(__file__))
    top = os.path.dirname(os.path.dirname(here))
    p = argparse.ArgumentParser(prog="run-scenarios", description=__doc__)
    p.add_argument("--octavo", default=os.path.join(top, "build", "octavo"))
    p.add_argument("--build", default=os.path.join(top, "build"))
    p.add_argument("--root", default=os.path.join(top, "tests", "scenario"))
    p.add_argument("-k", metavar="PATTERN", default="", help="only names that contain PATTERN")
    p.add_argument("-j", type=int, default=2)
    p.add_argument("-v", action="store_true", help="times too")
    p.add_argument("--list", action="store_true")
    o = p.parse_args(argv)

    try:
        wanted = [(s, v) for s in scenario.find(o.root) for v in s.vias()]
    except scenario.FormatError as e:
        print(f"Bail out! {e}")
        return 1
    if o.list:
        for s, v in wanted:
            if o.k in f"{s.name} [{v}]":
                print(f"{s.name} [{v}]: {s.title}")
        return 0
    setup = Setup(o.octavo, o.build)
    JOBS[:] = [j for j in (Job(s, v, setup) for s, v in wanted) if o.k in j.name]
    print(f"1..{len(JOBS)}", flush=True)
    failed = 0
    with ProcessPoolExecutor(o.j, get_context("fork")) as pool:
        for n, (job, (found, took)) in enumerate(zip(JOBS, pool.map(timed, range(len(JOBS)))), 1):
            ok = "not ok" if found else "ok"
            note = f" # {took:.2f} s" if o.v else ""
            print(f"{ok} {n} - {job.name}: {job.s.title}{note}")
            for line in found:
                print(f"# {line}")
            failed += bool(found)
            sys.stdout.flush()
    setup.close()
    return 1 if failed else 0
