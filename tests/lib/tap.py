"""A test program's output: TAP, a line a test, the reasons of a failure behind it."""

import sys
import traceback


class Skip(Exception):
    """This test cannot run here; the message says why."""


class Failed(Exception):
    """The test found something; each argument is a line."""


def expect(condition, *lines):
    if not condition:
        raise Failed(*lines)


def run(tests):
    """Run (name, function) in turn and print the result; the exit status for the program."""
    failed = n = 0
    for n, (name, test) in enumerate(tests, 1):
        try:
            note = test()
            print(f"ok {n} - {name}" + (f" # {note}" if note else ""))
        except Skip as e:
            print(f"ok {n} - {name} # SKIP {e}")
        except Failed as e:
            failed += 1
            print(f"not ok {n} - {name}")
            for arg in e.args:
                for line in str(arg).split("\n"):
                    print(f"# {line}")
        except Exception:
            failed += 1
            print(f"not ok {n} - {name}")
            for line in traceback.format_exc().rstrip().split("\n"):
                print(f"# {line}")
        sys.stdout.flush()
    print(f"1..{n}")
    return 1 if failed else 0
