"""A first pull of 2,000 tickets from a private RT, in turn with a bare loop that makes the same requests."""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from deskui.sync.engine import Engine
from deskui.upstream.base import Options
from deskui.upstream.rt import Adapter
from tests.make import make_store

COUNT, ROUNDS, PORT = 2_000, 3, "18871"
SERVERS = Path(__file__).parents[1] / "servers"
SHARE = Path("/usr/share/request-tracker5")
Request = tuple[str, str, tuple[tuple[str, str], ...], Any]  # method, path, parameters, JSON


def ratio() -> float | str:
    """Ours to the bare loop's speed, by the medians of the rounds; or why it was not measured."""
    if not SHARE.exists():
        return "Request Tracker 5 is not installed; tests/servers/start.sh says what it needs"
    where = subprocess.run([SERVERS / "start.sh", "--where"], check=True, capture_output=True, text=True).stdout
    cache = Path(where.strip()) / "bench"  # not in a home: RT runs as a user who may not look into root's
    cache.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "DESKUI_SERVERS_DIR": str(cache), "RT_PORT": os.environ.get("BENCH_RT_PORT", PORT)}
    try:
        url = _filled(cache, env)
        asked: list[Request] = []
        _ours(url, asked)
        times: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(ROUNDS):  # in turn, so that what else the machine does falls on both
            times["ours"].append(_ours(url, []))
            times["bare"].append(_bare(url, asked))
    finally:
        subprocess.run([SERVERS / "stop.sh", "rt"], env=env, check=False, stdout=subprocess.DEVNULL)
    return statistics.median(times["bare"]) / statistics.median(times["ours"])


def _filled(cache: Path, env: dict[str, str]) -> str:
    """Start an RT whose database has the tickets; it is made once, and a copy of it is kept."""
    kept, data = cache / f"rt-{COUNT}.sqlite", cache / "rt" / "data" / "rt.sqlite"
    said = _start(env)
    if not kept.exists():
        print(f"making {COUNT} tickets in RT, once: some minutes", flush=True)
        perl = ["perl", f"-I{SHARE}/lib", str(Path(__file__).with_name("rt_many.pl")), str(COUNT)]
        places = {"RT_SITE_CONFIG": f"{cache}/rt/RT_SiteConfig.pm", "RT_SITE_CONFIG_DIR": f"{cache}/rt/conf.d"}
        subprocess.run(perl, env={**env, **places}, check=True, capture_output=True)
        subprocess.run([SERVERS / "stop.sh", "rt"], env=env, check=True, stdout=subprocess.DEVNULL)
        shutil.copy(data, kept.with_suffix(".part"))
        kept.with_suffix(".part").replace(kept)
    else:
        subprocess.run([SERVERS / "stop.sh", "rt"], env=env, check=True, stdout=subprocess.DEVNULL)
        shutil.copy(kept, data)
    said = _start(env)
    return said["RT_URL"]


def _start(env: dict[str, str]) -> dict[str, str]:
    done = subprocess.run([SERVERS / "start-rt.sh"], env=env, check=True, capture_output=True, text=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def _ours(url: str, asked: list[Request]) -> float:
    """Seconds of a whole first run into a new store; what it asked goes into `asked`."""
    adapter = Adapter("rt", Options(url=url, user="sync"), "sync-pw")
    send = adapter._api.session.request

    def request(method: str, path: str, **how: Any) -> Any:
        if "data" not in how:
            how["params"] = tuple(how.get("params", ()))
            asked.append((method, path, how["params"], how.get("json")))
        return send(method, path, **how)

    adapter._api.session.request = request  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        store = make_store(Path(folder), prefixes={"rt": "RT-"}, clock=lambda: int(time.time()))
        engine = Engine(store, adapter, lambda: int(time.time()))
        before = time.perf_counter()
        result = engine.run()
        took = time.perf_counter() - before
        assert (result.error, result.pulled) == (None, COUNT), result
        store.close()
    adapter.close()
    return took


def _bare(url: str, asked: list[Request]) -> float:
    """Seconds of the same requests, by a cookie as well, with nothing done with the answers."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        before = time.perf_counter()
        client.post("/NoAuth/Login.html", data={"user": "sync", "pass": "sync-pw"})
        for method, path, params, body in asked:
            client.request(method, path, params=params or None, json=body).raise_for_status()
        return time.perf_counter() - before
