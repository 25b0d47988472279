"""Compares what a run did with what its scenario wants. Every finding is a list of lines."""

import difflib
import json
import os
import re
import shlex

from lib import events
from mock.script import expand, unescape

BY_SIGNAL = (129, 130, 131, 137, 138, 141, 143)
UNTOLD = (74, *BY_SIGNAL)   # --json has no last line for these


def shown(data, most=4000):
    text = data if isinstance(data, str) else data.decode("utf-8", "backslashreplace")
    return text if len(text) <= most else text[:most] + f"... ({len(text)} characters)"


def difference(what, want, got):
    def lines(data):
        text = shown(data)
        return text.splitlines() + ([] if text.endswith("\n") else ["(no newline at the end)"])
    diff = difflib.unified_diff(lines(want), lines(got), f"{what} wanted", f"{what} got",
                                lineterm="", n=2)
    return list(diff) or [f"{what} differs in bytes only: wanted {want!r}, got {got!r}"]


def subset(want, got, at="$"):
    """Where `got` lacks something of `want`; arrays must match in length."""
    if isinstance(want, dict) and isinstance(got, dict):
        out = []
        for k, v in want.items():
            if k.startswith("-"):
                if k[1:] in got:
                    out.append(f"{at}.{k[1:]}: wanted absent, is {got[k[1:]]!r}")
            elif k not in got:
                out.append(f"{at}.{k}: missing")
            else:
                out += subset(v, got[k], f"{at}.{k}")
        return out
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return [line for i, (w, g) in enumerate(zip(want, got))
                for line in subset(w, g, f"{at}[{i}]")]
    if isinstance(want, str) and want.startswith("~") and isinstance(got, str):
        return [] if re.search(want[1:], got) else [f"{at}: {got!r} does not match {want[1:]!r}"]
    return [] if want == got else [f"{at}: wanted {want!r}, got {got!r}"]


def output(want, r, names):
    data = r.stdout if want.stream == "stdout" else r.stderr
    text = expand(want.text, names)
    if want.how == "exact":
        return difference(want.stream, text.encode(), data) if text.encode() != data else []
    if want.how == "escaped":
        raw = unescape(text.replace("\n", ""))
        return difference(want.stream, raw, data) if raw != data else []
    if want.how == "empty":
        return [f"{want.stream} wanted empty, got: {shown(data)}"] if data else []
    out = []
    for line in text.splitlines():
        if want.how == "contains" and line.encode() not in data:
            out.append(f"{want.stream} lacks {line!r}")
        if want.how == "lacks" and line.encode() in data:
            out.append(f"{want.stream} contains {line!r}")
        if want.how == "regex" and not re.search(line.encode(), data, re.M):
            out.append(f"{want.stream} does not match {line!r}")
    return out + [f"{want.stream} was:", *shown(data).split("\n")] if out else []


def request(want, mock, names):
    same = [r for r in mock.requests if r.endpoint == want.endpoint]
    label = f"request {want.endpoint} {want.turn}"
    if len(same) < want.turn:
        return [f"{label}: never came"]
    r, out = same[want.turn - 1], []
    if want.line and f"{r.method} {r.target}" != expand(want.line, names):
        out.append(f"{label}: wanted {expand(want.line, names)}, got {r.method} {r.target}")
    for name, value in want.present:
        got, value = r.header(name), expand(value, names)
        if got is None:
            out.append(f"{label}: header {name} is missing")
        elif value.startswith("~"):
            if not re.fullmatch(value[1:], got):
                out.append(f"{label}: {name}: {got} does not match {value[1:]}")
        elif value != "*" and got != value:
            out.append(f"{label}: wanted {name}: {value}, got {got}")
    for name in want.absent:
        if r.header(name) is not None:
            out.append(f"{label}: header {name} is there: {r.header(name)}")
    if want.body is not None and expand(want.body, names).encode() not in r.body:
        out.append(f"{label}: body lacks {want.body!r}")
    if want.json is not None:
        try:
            got = json.loads(r.body)
        except ValueError as e:
            return out + [f"{label}: body is not JSON ({e}): {shown(r.body)}"]
        text = expand(want.json, names)
        out += [f"{label}: {line}" for line in subset(json.loads(text), got)]
    return out


def counts(s, mock):
    seen = {"requests": len(mock.requests), "connections": len(mock.connections)}
    for r in mock.requests:
        seen[r.endpoint] = seen.get(r.endpoint, 0) + 1
    out = [f"{k}: wanted {n}, got {seen.get(k, 0)}" for k, n in s.want_counts.items()
           if seen.get(k, 0) != n]
    if s.want_hosts is not None:
        got = sorted({c.host for c in mock.connections})
        if got != sorted(s.want_hosts):
            out.append(f"hosts contacted: wanted {sorted(s.want_hosts)}, got {got}")
    for r in mock.requests:
        if r.endpoint == "other" and "other" not in s.script:
            out.append(f"a request nobody asked for: {r.method} {r.target}")
    if out:
        out += ["the mock saw:"] + [f"  {c.serial} {c.listener} {c.connect or ''} {c.trouble or ''}"
                                    for c in mock.connections]
        out += [f"  {r.serial} on {r.connection.serial}: {r.method} {r.target}"
                for r in mock.requests]
    return out


def quiet(s, r):
    """The rules for stderr that hold unless a scenario says otherwise."""
    if any(w.stream == "stderr" for w in s.wants) or s.want_exit in BY_SIGNAL or \
            s.keys["stderr"] != "pipe":
        return []
    if s.want_exit == 0 and r.stderr:
        return ["stderr wanted silent, got:", *shown(r.stderr).split("\n")]
    if s.want_exit != 0 and not r.stderr:
        return ["a failure without a word on stderr"]
    return []


def is_lines(s):
    """Does the run print JSON lines, and can they be looked at?"""
    words = shlex.split(s.run)
    options = words[:words.index("--")] if "--" in words else words
    return (bool({"--json", "--json-deltas"} & set(options))
            and s.want_exit not in UNTOLD and s.keys["stdout"] in ("pipe", "file"))


def report(lines, status, command):
    """What the one object of a command must be that answers with one."""
    if len(lines) != 1:
        return [f"{len(lines)} lines, wanted one object"]
    if command == "doctor":     # one shape whether all is well or not, but before it begins
        if "error" in lines[0]:
            return [f"{e.json_path}: {e.message}"
                    for e in events.validator("failed").iter_errors(lines[0])]
        shape = "egress" if "egress" in lines[0] else "doctor"
        out = [f"{e.json_path}: {e.message}"
               for e in events.validator(shape).iter_errors(lines[0])]
        broken = [h for h in lines[0].get("hops", []) if h["ok"] is False]
        if broken and (broken[0]["exit"], broken[0]["code"]) != (status, lines[0]["code"]):
            out.append("status and code are not those of the first broken hop")
        if lines[0].get("exit", 0) != status:
            out.append(f"the object says exit {lines[0].get('exit')}, not {status}")
        return out
    shapes = ["failed"] if status else [command]
    if status and len(lines[0]) > 1:
        shapes.append(command)      # the facts, and why that is a failure all the same
    out = [f"{e.json_path}: {e.message}" for shape in shapes
           for e in events.validator(shape).iter_errors(lines[0])]
    if status and lines[0].get("error", {}).get("exit") != status:
        out.append(f"the object does not say exit {status}")
    return out


def promised(lines, status):
    """What the lines of a run must be, whatever it was about."""
    out = [f"line {n}: {e.json_path}: {e.message}" for n, line in enumerate(lines, 1)
           for e in events.validator().iter_errors(line)]
    last = lines[-1] if lines else {}
    if status == 0:
        if last.get("type") != "turn.completed":
            out.append("the last line is not turn.completed")
    elif last.get("type") != "turn.failed":
        out.append("the last line is not turn.failed")
    elif last["error"].get("exit") != status:
        out.append(f"the last line says exit {last['error'].get('exit')}, not {status}")
    elif lines[-2:-1] != [{"type": "error", "message": last["error"].get("message")}]:
        out.append("no error line with the same message before the last")
    texts = {line["item"]["id"]: line["item"]["text"] for line in lines
             if line.get("type") == "item.completed"}
    told = {}
    for line in lines:
        if line.get("type") == "item.delta":
            told[line["item_id"]] = told.get(line["item_id"], "") + line["delta"]
    for name, text in told.items():
        if not texts.get(name, text).startswith(text) or (status == 0 and texts.get(name) != text):
            out.append(f"the deltas of {name} are not its text")
    return out


def lines(s, r, names):
    """stdout as JSON lines: what is promised of all of them, and what this scenario wants."""
    if not is_lines(s):
        return [] if s.want_json is None else ["want json, but the run has no --json"]
    out, got = [], []
    if r.stdout and not r.stdout.endswith(b"\n"):
        out.append("the last line has no end")
    for n, line in enumerate(r.stdout.splitlines(), 1):
        try:
            got.append(json.loads(line))
        except ValueError as e:
            out.append(f"line {n} is not JSON ({e}): {shown(line)}")
    command = next((w for w in ("models", "auth", "doctor") if w in shlex.split(s.run)[:2]), None)
    if not out:
        out += report(got, r.status, command) if command else promised(got, r.status)
    if s.want_json is not None:
        want = [json.loads(line) for line in expand(s.want_json, names).splitlines()]
        out += subset(want, got) if len(want) == len(got) else [
            f"{len(want)} lines wanted, got {len(got)}"]
    return out + ["the lines were:", *shown(r.stdout).split("\n")] if out else []


def file_is(name, path, data, mode, text, escaped, names):
    out = []
    text = expand(text, names)
    want = unescape(text.replace("\n", "")) if escaped else text.encode()
    if text and data != want:
        out += difference(f"file {name}", want, data)
    got = os.stat(path).st_mode & 0o7777
    if mode and got != mode:
        out.append(f"file {name}: wanted mode {mode:o}, got {got:o}")
    return out


def conversation(name, path, data, mode, text, names):
    """A file of --transcript: every line as its schema says, and as wanted."""
    out = file_is(name, path, data, mode, "", False, names)
    try:
        got = [json.loads(line) for line in data.splitlines()]
    except ValueError as e:
        return out + [f"file {name} is not JSON lines ({e}): {shown(data)}"]
    check = events.validator(name="transcript")
    out += [f"{name} line {n}: {e.json_path}: {e.message}" for n, line in enumerate(got, 1)
            for e in check.iter_errors(line)]
    out += [f"{name} line {n}: a header" for n, line in enumerate(got, 1)
            if (line.get("type") == "octavo.transcript") != (n == 1)]
    want = [json.loads(line) for line in expand(text, names).splitlines()]
    out += subset(want, got) if len(want) == len(got) else [
        f"file {name}: {len(want)} lines wanted, got {len(got)}"]
    return out + [f"{name} was:", *shown(data).split("\n")] if out else []


def files(s, created, gone, work, names):
    out = []
    there = {name for name, _, how, _ in s.want_files if how in ("", "escaped")}
    there |= set(s.want_conversations)
    absent = {name for name, _, how, _ in s.want_files if how == "absent"}
    out += [f"a file nobody asked for: {name}" for name in sorted(set(created) - there)]
    out += [f"file {name} is gone" for name in sorted(gone - absent)]
    for name, mode, how, text in s.want_files:
        path = os.path.join(work, name)
        if how in ("absent", "untouched"):
            if (how == "absent") == os.path.lexists(path):
                out.append(f"file {name}: wanted {how}")
        elif name not in created:
            out.append(f"file {name} is missing, or as it was")
        else:
            out += file_is(name, path, created[name], mode, text, how == "escaped", names)
    for name, (mode, text) in s.want_conversations.items():
        if name not in created:
            out.append(f"file {name} is missing, or as it was")
        else:
            out += conversation(name, os.path.join(work, name), created[name], mode, text, names)
    return out
