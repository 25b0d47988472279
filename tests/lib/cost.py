"""What a run of a program costs: wall, CPU, and its own peak memory.

Peak memory is VmHWM of the program's processes, sampled while they run: the figure wait4 gives also
counts the process that started it.
"""

import resource
import subprocess
import threading
import time


class Cost:
    def __init__(self):
        self.wall = self.cpu = 0.0
        self.peak_kb = 0
        self.status = None
        self.stdout_n = 0


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            direct = [int(p) for p in f.read().split()]
    except (OSError, ValueError):
        return []
    return direct + [c for d in direct for c in children(d)]


def high_water(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def measure(argv, env, cwd="/", stdin=None, every=0.002, whole_tree=False):
    """Run argv to its end. `whole_tree`: memory of the largest process below it as well."""
    c = Cost()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    p = subprocess.Popen(argv, env=env, cwd=cwd, stdin=stdin or subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def drain():
        while True:
            data = p.stdout.read1(1 << 20)
            if not data:
                return
            c.stdout_n += len(data)
    reader = threading.Thread(target=drain)
    reader.start()
    while p.poll() is None:
        pids = [p.pid] + (children(p.pid) if whole_tree else [])
        c.peak_kb = max([c.peak_kb] + [high_water(x) for x in pids])
        time.sleep(every)
    c.wall = time.monotonic() - start
    reader.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    c.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    c.status = p.returncode
    return c
