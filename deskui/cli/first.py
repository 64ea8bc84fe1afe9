"""`deskui init`: the first run writes config.toml, puts the secret away and tries the login."""

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

TEMPLATE = """\
# deskui's configuration; an unknown key is an error.  The secret is not here: see README.md.
[desk]
zone = {zone}

[upstream.{name}]
kind = {kind}
url = {url}
user = {user}
auth = {auth}
"""


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    init = add("init", help="first run: which ticket system, who, and try the login")
    init.add_argument("--upstream", metavar="NAME", help="the ticket system's name and adapter (rt)")
    init.add_argument("--kind", metavar="ADAPTER", help="the adapter, if the name is another one")
    init.add_argument("--url", metavar="URL", help="https://rt.example.org")
    init.add_argument("--user", metavar="NAME", help="the login there")
    init.add_argument("--auth", choices=("password", "token"), help="what the secret is (default: password)")
    init.add_argument("--zone", metavar="ZONE", help="the desk's time zone (default: this machine's)")
    init.add_argument("--secret-stdin", action="store_true", help="read the password or token from standard input")
    init.set_defaults(run=run)


def run(context: Context) -> int:
    """Ask, try the login, write: a refused login writes nothing."""
    context.writable()
    from deskui import adapters, config

    text, name = _configuration(context)
    path = context.home / "config.toml"
    settings = config.parse(text, str(path))
    _not_over_another(path, text, name)
    secrets = adapters.secrets(settings)
    secret, typed = _secret(context, secrets, name)
    result = {"home": str(context.home), "upstream": name, "login": "unreachable"}
    trouble = _try(context, settings, name, secret) if secret else None
    if trouble is not None and trouble.kind == "auth":
        refused = {**result, "login": "refused"}
        raise output.Failure("auth", str(trouble), trouble.hint or _AGAIN, code=output.USAGE, document=refused)
    write(path, text)
    kept = _keep(secrets, name, secret) if typed and secret else None
    if secret is None or isinstance(kept, output.Failure):
        missing = kept or output.Failure("config", f"there is no secret for {name}", secrets.hint(name, None))
        if trouble is None:
            missing.document = result if secret is None else {**result, "login": "ok"}
            raise missing
        output.say(f"deskui: {missing}\n        {missing.hint}")
    if trouble is not None:
        raise output.Failure(trouble.kind, str(trouble), trouble.hint or _LATER, document=result)
    result["login"] = "ok"
    context.show(result, _welcome(path, name, kept, typed))
    return output.DONE


def _try(context: Context, settings: Any, name: str, secret: str) -> Any:
    """Why the login does not work; None: it does."""
    from deskui import adapters
    from deskui.upstream.base import Unreachable

    try:
        adapters.login(context.home, settings, name, secret)
    except Unreachable as trouble:
        return trouble
    return None


_AGAIN = "Check the user and the secret; nothing was written."
_LATER = "The configuration was written. Check the address and the network, then run `deskui doctor`."


def _configuration(context: Context) -> tuple[str, str]:
    """The text of config.toml from the options, or from questions, and the upstream's name."""
    args = context.args
    name = args.upstream or _ask(args, "Ticket system", "rt", "--upstream")
    url = args.url or _ask(args, "Its address", "https://", "--url")
    user = args.user or _ask(args, "Your login there", os.environ.get("USER", ""), "--user")
    values = {
        "zone": args.zone or _zone(),
        "kind": args.kind or name,
        "url": url.rstrip("/"),
        "user": user,
        "auth": args.auth or "password",
    }
    quoted = {key: _quoted(value) for key, value in values.items()}
    bare = name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    return TEMPLATE.format(name=name if bare else _quoted(name), **quoted), name


def _ask(args: Any, question: str, usual: str, option: str) -> str:
    if args.json or not sys.stdin.isatty() or args.secret_stdin:
        raise output.Failure("usage", f"init needs {option}", "Without a terminal: --upstream rt --url … --user …")
    sys.stderr.write(f"{question} [{usual}]: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() or usual


def _zone() -> str:
    """This machine's zone where it says so, else UTC."""
    from deskui.config import is_zone

    for name in (os.environ.get("TZ", ""), str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]):
        if name and is_zone(name):
            return name
    return "UTC"


def _quoted(value: str) -> str:
    """A TOML string."""
    import json

    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _not_over_another(path: Path, text: str, name: str) -> None:
    """What somebody wrote is kept; what `init` wrote may be said anew until the desk was used."""
    if not path.exists() or path.read_text(encoding="utf-8") == text:
        return
    untouched = _shape(path.read_text(encoding="utf-8")) == _shape(text)
    if not untouched or (path.parent / "desk.db").exists():
        raise output.Failure("config", f"{path} exists already", f"Add [upstream.{name}] to it, or move it away.")


def _shape(text: str) -> list[str]:
    """The lines without their values: what `init` writes has always the same."""
    return [line.partition(" = ")[0] for line in text.splitlines()]


def write(path: Path, text: str) -> None:
    """All of it or nothing, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    part.replace(path)


def _secret(context: Context, secrets: Any, name: str) -> tuple[str | None, bool]:
    """The secret, and whether it was just given (and must be put away)."""
    if context.args.secret_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise output.Failure("usage", "--secret-stdin: there was nothing on standard input")
        return given, secrets.given(name) is None
    if known := secrets.given(name):
        return known, False
    if context.json or not sys.stdin.isatty():
        return secrets.stored(name), False
    return getpass.getpass(f"Password or token for {name}: ", sys.stderr) or None, True


def _keep(secrets: Any, name: str, secret: str) -> Any:
    """The place where the secret went, or why it could not be kept."""
    from deskui.secrets import NoSecret

    try:
        return secrets.keep(name, secret)
    except NoSecret as error:
        return output.Failure("config", str(error), error.hint)


def _welcome(path: Path, name: str, kept: str | None, typed: bool) -> list[str]:
    place = (
        f"The secret is in {kept}." if kept else f"The secret is taken from {'memory' if typed else 'the environment'}."
    )
    return [f"Logged in to {name}; wrote {path}.", place, "Next: `deskui sync --once`, then `deskui`."]
