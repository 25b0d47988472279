"""Runs a program under test and notes when each of its bytes came."""

import os
import selectors
import signal
import subprocess
import time


class Run:
    """What a run left behind."""

    def __init__(self):
        self.status = None          # exit status, 128 + n when a signal ended it
        self.killed = False         # it did not end by itself
        self.stdout = b""
        self.stderr = b""
        self.reads = []             # (monotonic seconds, bytes) of stdout
        self.wall = 0.0
        self.rss = 0                # bytes held at most, when that was asked for
        self.signalled = None       # when the signal was sent
        self.ended = None


def clean_environment(extra=()):
    """An environment with nothing in it that octavo reads."""
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
    env.update(extra)
    return env


def fill(fd):
    """Write to a pipe until it takes no more."""
    os.set_blocking(fd, False)
    try:
        while True:
            os.write(fd, bytes(4096))
    except BlockingIOError:
        pass


def run(argv, env, cwd, stdin=None, stdin_kind="null", stdout_kind="pipe", within=10.0,
        poke=None, limit=64 << 20, umask=0o077, stderr_kind="pipe",
        weigh=False):
    """Start argv and see it through.

    `stdin` are bytes for a pipe, else `stdin_kind`: null, empty, closed, held (a pipe that stays
    open and silent). `stdout_kind`: pipe, file, full (/dev/full), closed, gone (the reader leaves
    after its first byte). `stderr_kind`: pipe, full, closed, gone (nobody ever reads), stuck (a full
    pipe that nobody reads), stuck-nonblock (the same, set not to block). `weigh`: see what
    memory it holds. `poke(run)` is called often and returns a signal number when it is time.
    """
    r = Run()
    opened = []

    def opening(path, flags):
        fd = os.open(path, flags, 0o600)
        opened.append(fd)
        return fd

    held = None
    if stdin is not None or stdin_kind == "empty":
        child_in = subprocess.PIPE
    elif stdin_kind == "held":
        rd, held = os.pipe()
        opened.append(rd)
        child_in = rd
    else:
        child_in = subprocess.DEVNULL
    if stdout_kind == "full":
        child_out = opening("/dev/full", os.O_WRONLY)
    elif stdout_kind == "file":
        child_out = opening(os.path.join(cwd, ".stdout"), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    else:
        child_out = subprocess.PIPE

    child_err, stuck = subprocess.PIPE, None
    if stderr_kind == "full":
        child_err = opening("/dev/full", os.O_WRONLY)
    elif stderr_kind in ("gone", "stuck", "stuck-nonblock"):
        stuck, child_err = os.pipe()
        opened.append(child_err)
        if stderr_kind == "gone":
            os.close(stuck)
            stuck = None
        else:
            fill(child_err)
            os.set_blocking(child_err, stderr_kind == "stuck")

    def in_child():
        os.umask(umask)
        # python ignores the first; whoever started us may ignore the others, as nohup and "&" do.
        for n in (signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(n, signal.SIG_DFL)
        if stdin_kind == "closed" and stdin is None:
            os.close(0)
        if stdout_kind == "closed":
            os.close(1)
        if stderr_kind == "closed":
            os.close(2)

    start = time.monotonic()
    p = subprocess.Popen(argv, env=env, cwd=cwd, stdin=child_in, stdout=child_out,
                         stderr=child_err, preexec_fn=in_child, start_new_session=True)
    for fd in opened[:]:
        if fd != child_out or stdout_kind == "full":
            os.close(fd)
            opened.remove(fd)
    try:
        _watch(p, r, start, stdin, stdout_kind, within, poke, limit, weigh)
    finally:
        for fd in (held, stuck):
            if fd is not None:
                os.close(fd)
        for stream in (p.stdin, p.stdout, p.stderr):
            if stream:
                stream.close()
    r.ended = time.monotonic()
    r.wall = r.ended - start
    r.status = p.returncode if p.returncode >= 0 else 128 - p.returncode
    if stdout_kind == "file":
        os.lseek(child_out, 0, os.SEEK_SET)
        with os.fdopen(child_out, "rb") as f:
            r.stdout = f.read()
        os.unlink(os.path.join(cwd, ".stdout"))
    return r


def peak(pid):
    """The most memory that a process has held so far, in bytes; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
            return sum(int(line.split()[1]) * 1024 for line in f if line.startswith("VmHWM:"))
    except OSError:
        return 0


def _watch(p, r, start, stdin, stdout_kind, within, poke, limit, weigh):
    sel = selectors.DefaultSelector()
    out, err = [], []
    if p.stderr:
        sel.register(p.stderr, selectors.EVENT_READ, "err")
    if p.stdout:
        sel.register(p.stdout, selectors.EVENT_READ, "out")
    todo = memoryview(stdin or b"")
    if p.stdin:
        os.set_blocking(p.stdin.fileno(), False)
        sel.register(p.stdin, selectors.EVENT_WRITE, "in")
    deadline = start + within + 5.0
    while True:
        now = time.monotonic()
        if now > deadline and not r.killed:
            r.killed = True
            os.killpg(p.pid, signal.SIGKILL)
        if weigh:
            r.rss = peak(p.pid) or r.rss
        if poke and r.signalled is None:
            r.stdout = b"".join(out)
            n = poke(r)
            if n:
                r.signalled = time.monotonic()
                os.kill(p.pid, n)
        if p.poll() is not None and set(k.data for k in sel.get_map().values()) <= {"in"}:
            break
        if not sel.get_map():
            time.sleep(0.005)
            continue
        for key, _ in sel.select(0.005 if weigh else 0.01 if poke else 0.1):
            if key.data == "in":
                try:
                    todo = todo[os.write(p.stdin.fileno(), todo[:65536]):] if todo else todo
                    done = not todo
                except BrokenPipeError:
                    done = True
                if done:
                    sel.unregister(p.stdin)
                    p.stdin.close()
                continue
            data = os.read(key.fileobj.fileno(), 65536)
            if key.data == "out":
                r.reads.append((time.monotonic(), data))
                out.append(data)
            else:
                err.append(data)
            total = sum(map(len, out)) if len(out) % 64 == 0 else 0
            if not data or (key.data == "out" and (stdout_kind == "gone" or total > limit)):
                sel.unregister(key.fileobj)
                key.fileobj.close()
    sel.close()
    r.stdout, r.stderr = b"".join(out), b"".join(err)
