#!/usr/bin/env python3
"""ttybench: measure a terminal program from outside, through a pty.

    python ttybench.py --size 80x24 --scenario s.json [--runs 5] -- COMMAND [ARG...]

The program runs in a pty of the given size with TERM=xterm-256color.  A reader thread
time-stamps every read and answers the queries that terminals answer (DA1/2, DSR/CPR,
DECRQM, kitty keyboard, XTVERSION, OSC 10/11, window size, XTGETTCAP), so that nothing
hangs.  A pyte screen is fed in lulls, so that parsing is never inside a latency.

A SCENARIO is a JSON object (a file, or given inline):

    {"start": [ ...steps run in every one of --runs fresh processes... ],
     "steps": [ ...steps run once, in the last of those processes...   ],
     "env": {"NAME": "value"}}                        (optional)

Steps, each an object; "as" names the result, and times are in milliseconds.

    {"wait": REGEX, "as": N, "timeout": 30}   from spawn until the screen text (rows joined
        by newlines) matches; with "since": "send", from the last send
    {"settle": MS, "as": N}      wait until no byte came for MS; gives spawn-to-last-change
    {"send": KEYS}               send and go on, unmeasured
    {"keys": KEYS, "repeat": 100, "as": N, "quiet": 80, "until": REGEX, "timeout": 10}
        press KEYS (one write), wait until quiet for `quiet` ms, repeat.  Gives
        first   key write -> first read of bytes that changed a cell of the screen
        last    key write -> last such read before the quiet
        match   key write -> the read after which REGEX matched (only with "until")
        bytes, cells (changed), reads (bursts; a lower bound of writes), cpu_ms per press
        A press that changed no cell counts in `unchanged`, and is in no latency.
    {"type": "abc", "as": N, ...}             as keys, one press for each character
    {"idle": SECONDS, "as": N}   bytes/s, reads/s, CPU% (process tree) when untouched
    {"count": REGEX, "as": N}    how often it is on the screen (^ and $ stand at the ends of rows)
    {"mem": true, "as": N}       PSS and RSS of the process tree, MiB
    {"sleep": SECONDS}           {"show": true} prints the screen to stderr

KEYS is text with names in angle brackets: <down> <up> <left> <right> <home> <end> <pgup>
<pgdn> <ins> <del> <enter> <esc> <tab> <bs> <space> <lt> <f1>..<f12> <c-a>..<c-z>.
Cursor keys follow the program's cursor-key mode (DECCKM).

Options: --runs N; --env K=V (repeatable; K= unsets); --cwd DIR; --out FILE (JSON result);
--label TEXT; --show prints the last screen of each run; --rtt MS delays each query's
answer, as a far terminal would; --cold drops the page cache before each start (root);
--realtime runs tool and program at SCHED_FIFO (root): on a busy machine others count less.
Exit status: 0, or 1 if a wait timed out or the program ended early.

Limits: first is good to about 0.1 ms; a program's writes within one read can't be told
apart; synchronised-output brackets (mode 2026) are ignored; CPU comes in 10 ms ticks, so
10 s of idle resolve 0.1 %.  other_cpu_pct tells how busy the rest of the machine was (100
is one core): distrust a result where it is high, or use --realtime.
"""

import argparse
import codecs
import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import statistics
import struct
import sys
import termios
import threading
import time
from collections import deque

import pyte

HZ = os.sysconf("SC_CLK_TCK")
CURSOR = {"up": b"A", "down": b"B", "right": b"C", "left": b"D", "home": b"H", "end": b"F"}
NAMED = {
    "enter": b"\r",
    "tab": b"\t",
    "bs": b"\x7f",
    "space": b" ",
    "lt": b"<",
    "pgup": b"\x1b[5~",
    "pgdn": b"\x1b[6~",
    "ins": b"\x1b[2~",
    "del": b"\x1b[3~",
    **{f"f{i + 1}": b"\x1bO%c" % c for i, c in enumerate(b"PQRS")},
    **{f"f{i}": b"\x1b[%d~" % n for i, n in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)},
}
QUERY = re.compile(
    rb"\x1b\[(?P<kitty>[><=][0-9;]*)u|\x1b\[(?P<csi>[?>=]?[0-9;]*\$?[cnpqut])"
    rb"|\x1b\](?P<osc>1[012]);\?|\x1bP\+q(?P<cap>[0-9a-fA-F;]*)"
    rb"|\x1b\[\?(?P<mode>[0-9;]*)(?P<hl>[hl])"
)
MODES = {1, 6, 7, 12, 25, 1000, 1002, 1003, 1004, 1006, 1049, 2004, 2026}
# What pyte can't read: string controls, CSI with intermediates, private CSI but h l J K, CSI t.
STRIP = re.compile(
    r"\x1b[P_^X].*?\x1b\\|\x1b\[[0-?]*[ -/]+[@-~]|\x1b\[[<>=][0-9;:]*[@-~]"
    r"|\x1b\[\?[0-9;]*[@-IL-gi-km-~]|\x1b\[[0-9;]*t",
    re.S,
)
PARTIAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[P_^X](?:(?!\x1b\\).)*|\](?:(?!\x07|\x1b\\).)*|[()])?$", re.S)
REPEAT = re.compile(r"([^\x00-\x1f\x7f])((?:\x1b\[[0-9;]*m)*)\x1b\[(\d+)b")
COLON = re.compile(r"\x1b\[[0-9;]*:[0-9;:]*m")


class Failed(Exception):
    pass


class Screen(pyte.Screen):
    """A pyte screen that can scroll up and down, and leaves queries to the reader."""

    def scroll_up(self, n=1, **_):
        self._scroll(n or 1, self.index, (self.margins or (0, self.lines - 1))[1])

    def scroll_down(self, n=1, **_):
        self._scroll(n or 1, self.reverse_index, (self.margins or (0, 0))[0])

    def _scroll(self, n, move, edge):
        y, self.cursor.y = self.cursor.y, edge
        for _ in range(min(n, self.lines)):
            move()
        self.cursor.y = y

    def report_device_status(self, *_, **__):
        pass

    report_device_attributes = report_device_status


class Stream(pyte.Stream):
    csi = {**pyte.Stream.csi, "S": "scroll_up", "T": "scroll_down"}  # noqa: RUF012 - pyte's own attribute
    events = pyte.Stream.events | {"scroll_up", "scroll_down"}


class Tty:
    def __init__(self, argv, cols, rows, env, cwd=None, rtt=0.0):
        self.cols, self.rows, self.rtt = cols, rows, rtt
        self.screen = Screen(cols, rows)
        self.stream, self.carry, self.asked = Stream(self.screen), "", b""
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.shadow = [()] * rows
        self.chunks, self.wake = deque(), threading.Event()
        self.closed = self.app_cursor = self.kitty = False
        self.spawned = self.sent = self.last = self.last_change = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
                os.chdir(cwd or ".")
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        """The reader thread: stamp, queue, answer."""
        while not self.closed:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            now = time.perf_counter()
            if data:
                self.last = now
                self.chunks.append((now, data))
                self._answer(data)
            self.closed = not data
            self.wake.set()

    def _answer(self, data):  # noqa: C901 - one branch a kind of query
        text, out, end = self.asked + data, b"", 0
        for m in QUERY.finditer(text):
            end = m.end()
            if m["mode"] is not None:
                if b"1" in m["mode"].split(b";"):
                    self.app_cursor = m["hl"] == b"h"
            elif m["kitty"]:
                self.kitty = m["kitty"][:1] != b"<" and m["kitty"][1:2] not in (b"", b"0")
            elif m["osc"]:
                out += b"\x1b]%s;rgb:%s\x1b\\" % (m["osc"], b"/".join([b"0000" if m["osc"] == b"11" else b"ffff"] * 3))
            elif m["cap"] is not None:
                out += b"\x1bP0+r\x1b\\"
            else:
                out += self._reply(m["csi"].decode())
        self.asked = text[max(end, len(text) - 24) :]
        if out and self.rtt:
            threading.Timer(self.rtt, self.write, (out,)).start()
        elif out:
            self.write(out)

    def _reply(self, q):
        at = f"{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R"
        fixed = {
            "c": "?62;22c",
            "0c": "?62;22c",
            ">c": ">41;379;0c",
            ">0c": ">41;379;0c",
            "5n": "0n",
            "?996n": "?997;1n",
            "?u": "?0u",
            "6n": at,
            "?6n": "?" + at,
            "16t": "6;20;10t",
            "18t": f"8;{self.rows};{self.cols}t",
            "14t": f"4;{self.rows * 20};{self.cols * 10}t",
        }
        if m := re.fullmatch(r"\?(\d+)\$p", q):
            fixed[q] = f"?{m[1]};{2 if int(m[1]) in MODES else 0}$y"
        if q in (">q", ">0q"):
            return b"\x1bP>|XTerm(379)\x1b\\"
        return b"\x1b[" + fixed[q].encode() if q in fixed else b""

    def write(self, data):
        try:
            while data:
                data = data[os.write(self.fd, data) :]
        except OSError:
            pass  # the program has gone: the reader sees it

    def encode(self, keys):
        def one(m):
            name = m[1].lower()
            if name in CURSOR:
                key = (b"\x1bO" if self.app_cursor else b"\x1b[") + CURSOR[name]
            elif name == "esc":
                key = b"\x1b[27u" if self.kitty else b"\x1b"
            else:
                key = bytes([ord(name[2]) & 31]) if name.startswith("c-") else NAMED[name]
            return key.decode()

        return re.sub(r"<([A-Za-z0-9-]+)>", one, keys).encode()

    def feed(self, data):
        """Parse one chunk; how many cells it changed."""
        text = self.carry + self.decode(data)
        cut = PARTIAL.search(text, max(0, len(text) - 4096))
        self.carry, text = (text[cut.start() :], text[: cut.start()]) if cut else ("", text)
        text = STRIP.sub("", re.sub(r"\x1b\[\?1049[hl]", "\x1b[0m\x1b[H\x1b[2J", text))
        text = COLON.sub(lambda m: m[0].replace("::", ";").replace(":", ";"), text)
        self.stream.feed(REPEAT.sub(lambda m: m[1] + m[2] + m[1] * int(m[3]), text))
        changed = 0
        for y in [y for y in self.screen.dirty if y < self.rows]:
            line, old = self.screen.buffer[y], self.shadow[y]
            row = self.shadow[y] = tuple(line[x] for x in range(self.cols))
            if row != old:
                changed += sum(a != b for a, b in zip(row, old, strict=False)) if old else self.cols
        self.screen.dirty.clear()
        return changed

    def drain(self, pattern=None):
        """Parse what is queued: [(time, size, cells changed, matched)]."""
        seen = []
        while self.chunks:
            t, data = self.chunks.popleft()
            changed = self.feed(data)
            if changed:
                self.last_change = t
            seen.append((t, len(data), changed, bool(pattern and changed and pattern.search(self.text()))))
        return seen

    def text(self):
        return "\n".join("".join(c.data for c in row) for row in self.shadow)

    def quiet(self, seconds, since, timeout):
        """Wait until nothing came for `seconds`, counted from `since` at the earliest."""
        limit = time.perf_counter() + timeout
        while not self.closed and (now := time.perf_counter()) < limit:
            left = max(self.last, since) + seconds - now
            if left <= 0:
                break
            self.wake.clear()
            self.wake.wait(left)

    def wait(self, pattern, timeout, since=0.0):
        """(when the screen matched, what was drained).  Parses only in lulls, so as not to
        compete with the program."""
        seen, limit = [], time.perf_counter() + timeout
        if not since and pattern.search(self.text()):
            return time.perf_counter(), seen
        while time.perf_counter() < limit and not (self.closed and not self.chunks):
            self.quiet(0.02, self.last, 0.2) if self.chunks else self.wake.wait(0.02)
            self.wake.clear()
            seen += self.drain(pattern)
            if match := [t for t, _, _, matched in seen if matched]:
                return match[0], seen
        raise Failed(f"no match for {pattern.pattern!r}; screen:\n{self.text()}")

    def tree(self):
        """{pid: the fields of its stat file after the name} of the program and its descendants."""
        every = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat") as f:
                    every[int(name)] = f.read().rpartition(")")[2].split()
            except OSError:
                pass
        found = [self.pid]
        for pid in found:
            found += [p for p, f in every.items() if int(f[1]) == pid]
        return {p: every[p] for p in found if p in every}

    def cpu(self):
        return sum(sum(map(int, f[11:15])) for f in self.tree().values()) / HZ

    def memory(self):
        total = {"Pss": 0.0, "Rss": 0.0}
        for pid in self.tree():
            try:
                with open(f"/proc/{pid}/smaps_rollup") as f:
                    for k, v in re.findall(r"^(Pss|Rss):\s+(\d+)", f.read(), re.M):
                        total[k] += int(v) / 1024
            except OSError:
                pass
        return {"pss_mib": round(total["Pss"], 1), "rss_mib": round(total["Rss"], 1)}

    def close(self):
        for sig, grace in ((signal.SIGTERM, 1.0), (signal.SIGKILL, 2.0)):
            for pid in self.tree():
                with contextlib.suppress(OSError):
                    os.kill(pid, sig)
            limit = time.perf_counter() + grace
            while time.perf_counter() < limit:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self.fd) if self.thread.join(1) is None else None
                    return
                time.sleep(0.01)


def stats(values):
    v = sorted(values)
    return v and {
        "n": len(v),
        "min": round(v[0], 2),
        "median": round(statistics.median(v), 2),
        "p95": round(v[min(len(v) - 1, int(len(v) * 0.95))], 2),
        "max": round(v[-1], 2),
    }


def press(tty, step, presses):
    quiet, timeout = step.get("quiet", 80) / 1000, step.get("timeout", 10)
    pattern = re.compile(step["until"], re.M) if "until" in step else None
    got = {k: [] for k in ("first", "last", "match", "bytes", "cells", "reads")}
    cpu = tty.cpu()
    for keys in presses:
        tty.quiet(quiet, 0, timeout)
        tty.drain()
        data, seen = tty.encode(keys), []
        t0 = tty.sent = time.perf_counter()
        tty.write(data)
        if pattern:
            at, seen = tty.wait(pattern, timeout, t0)
            got["match"].append((at - t0) * 1000)
        tty.quiet(quiet, t0, timeout)
        seen += tty.drain()
        if changes := [t for t, _, cells, _ in seen if cells]:
            got["first"].append((changes[0] - t0) * 1000)
            got["last"].append((changes[-1] - t0) * 1000)
        got["bytes"].append(sum(s[1] for s in seen))
        got["cells"].append(sum(s[2] for s in seen))
        got["reads"].append(len(seen))
    return {
        **{k: stats(v) for k, v in got.items() if v},
        "unchanged": len(presses) - len(got["first"]),
        "cpu_ms": round((tty.cpu() - cpu) * 1000 / len(presses), 2),
    }


def run_step(tty, step):  # noqa: C901 - one branch a kind of step
    if "wait" in step:
        at, _ = tty.wait(re.compile(step["wait"], re.M), step.get("timeout", 30))
        return {"ms": (at - (tty.sent if step.get("since") == "send" else tty.spawned)) * 1000}
    if "keys" in step or "type" in step:
        return press(tty, step, list(step["type"]) if "type" in step else [step["keys"]] * step.get("repeat", 1))
    if "settle" in step:
        tty.quiet(step["settle"] / 1000, time.perf_counter(), step.get("timeout", 30))
        tty.drain()
        return {"ms": (tty.last_change - tty.spawned) * 1000}
    if "idle" in step:
        tty.drain()
        cpu, t0 = tty.cpu(), time.perf_counter()
        time.sleep(step["idle"])
        cpu, span, seen = tty.cpu() - cpu, time.perf_counter() - t0, tty.drain()
        return {
            "bytes_s": round(sum(s[1] for s in seen) / span, 1),
            "reads_s": round(len(seen) / span, 2),
            "cpu_pct": round(cpu / span * 100, 2),
        }
    if "mem" in step:
        return tty.memory()
    if "count" in step:
        tty.drain()
        return {"count": len(re.findall(step["count"], tty.text(), re.M))}
    if "send" in step:
        data, tty.sent = tty.encode(step["send"]), time.perf_counter()
        tty.write(data)
    elif "sleep" in step:
        time.sleep(step["sleep"])
    elif "show" in step:
        tty.drain()
        print(tty.text(), file=sys.stderr)
    else:
        raise Failed(f"unknown step {step}")
    return None


def busy():
    """CPU seconds used on the whole machine, and those by this process and its children."""
    with open("/proc/stat") as f:
        v = list(map(int, f.readline().split()[1:9]))
    return (sum(v) - v[3] - v[4]) / HZ - sum(os.times()[:4])


def bench(argv, size, scenario, runs=5, env=(), cwd=None, rtt=0.0, cold=False, show=False):  # noqa: C901 - one run, start to end
    """Run a scenario; the result is a dictionary fit for JSON."""
    cols, rows = map(int, size.split("x"))
    full = {k: v for k, v in os.environ.items() if k not in ("LINES", "COLUMNS", "COLORTERM", "NO_COLOR")}
    full.update({"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}, **scenario.get("env", {}))
    full.update(pair.split("=", 1) for pair in env)
    full = {k: v for k, v in full.items() if v}
    start, steps, error, others, t0 = {}, {}, None, busy(), time.time()
    for i in range(runs):
        if cold:
            os.sync()
            with open("/proc/sys/vm/drop_caches", "w") as f:
                f.write("3")
        tty = Tty(argv, cols, rows, full, cwd, rtt)
        todo = [(s, start) for s in scenario.get("start", [])]
        todo += [(s, steps) for s in scenario.get("steps", []) if i == runs - 1]
        try:
            for step, into in todo:
                got = run_step(tty, step)
                if tty.closed:
                    raise Failed(f"program ended by {step}; screen:\n{tty.text()}")
                if got and "as" in step and into is steps:
                    steps[step["as"]] = got
                elif got and "as" in step:
                    for k, v in got.items():
                        start.setdefault(step["as"], {}).setdefault(k, []).append(
                            v["median"] if isinstance(v, dict) else v
                        )
        except Failed as e:
            error = str(e)
            break
        finally:
            if show:
                run_step(tty, {"show": True})
            tty.close()
    return {
        "command": argv,
        "size": size,
        "runs": runs,
        "rtt_ms": rtt * 1000,
        "cold": cold,
        "other_cpu_pct": round((busy() - others) / (time.time() - t0) * 100, 1),
        "start": {n: {k: stats(v) for k, v in d.items()} for n, d in start.items()},
        "steps": steps,
        "error": error,
    }


def line(result):
    out = [f"{result.get('label') or os.path.basename(result['command'][0])} {result['size']}"]
    for name, d in result["start"].items():
        out.append(
            f"{name} " + " ".join(f"{s['median']:.0f} {k} ({s['min']:.0f}-{s['max']:.0f})" for k, s in d.items())
        )
    for name, d in result["steps"].items():
        if "bytes" in d:
            ms = " ".join(f"{k} {d[k]['median']}/{d[k]['p95']}" for k in ("first", "last", "match") if d.get(k))
            d = {
                "B": d["bytes"]["median"],
                "cells": d["cells"]["median"],
                "cpu_ms": d["cpu_ms"],
                "unchanged": d["unchanged"],
            }
            name += f" {ms} ms"
        out.append(f"{name} " + " ".join(f"{k}={v:g}" for k, v in d.items()))
    out.append(f"others {result['other_cpu_pct']}%")
    return " | ".join(out + ([f"ERROR {result['error'].splitlines()[0]}"] if result["error"] else []))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--size", default="80x24")
    p.add_argument("--scenario", required=True)
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--env", action="append", default=[])
    p.add_argument("--rtt", type=float, default=0)
    for name in ("--cwd", "--label", "--out"):
        p.add_argument(name)
    for name in ("--cold", "--show", "--realtime"):
        p.add_argument(name, action="store_true")
    p.add_argument("command", nargs="+")
    a = p.parse_args()
    if a.scenario.lstrip().startswith("{"):
        scenario = json.loads(a.scenario)
    else:
        with open(a.scenario) as f:
            scenario = json.load(f)
    if a.realtime:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))  # the program inherits it
    sys.setswitchinterval(0.0002)  # the reader thread must not wait for pyte
    result = {
        "label": a.label,
        **bench(a.command, a.size, scenario, a.runs, a.env, a.cwd, a.rtt / 1000, a.cold, a.show),
    }
    if a.out:
        with open(a.out, "w") as f:
            json.dump(result, f, indent=1)
    print(line(result))
    return 1 if result["error"] else 0


if __name__ == "__main__":
    sys.exit(main())
