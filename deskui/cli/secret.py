"""`deskui secret`: where passwords and tokens come from, and putting one away, trying it, changing it."""

import getpass
import sys
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

STORE = "store_key"  # of the encrypted store
OTHERS = f", ci_NAME, proxy_NAME, or {STORE} for the key of the encrypted store"


def register(add: Add, shared: Any) -> None:
    """Its place on the command line; a secret is never an argument, where everybody could read it."""
    secret = add("secret", help="passwords and tokens: where they come from")
    secret.set_defaults(run=run)
    commands = secret.add_subparsers(metavar="set|test|rotate")
    for word, work, said in (
        ("set", run_set, "put one away (asked for, or a line of standard input)"),
        ("test", run_test, "try the login with the one that is kept"),
        ("rotate", run_rotate, "try a new one, and only then replace the old one"),
    ):
        one = commands.add_parser(word, parents=[shared], help=said)
        one.add_argument("name", metavar="NAME", help="the upstream" + (OTHERS if word == "set" else ""))
        one.set_defaults(run=work)


def run(context: Context) -> int:
    """Of each upstream where its secret comes from; the secret itself is not shown."""
    settings, secrets = _safe(context)
    names = [*_names(settings), *_proxies(settings), *([STORE] if settings.store.encrypted else [])]
    found = [{"secret": name, "place": _place(secrets, name)} for name in names]
    rows = [[each["secret"], each["place"] or "missing"] for each in found]
    people = output.table(("SECRET", "PLACE"), rows) if rows else ["no upstream needs a secret"]
    context.show({"secrets": found}, people)
    return output.DONE if all(each["place"] for each in found) else output.NOT_SO


def run_set(context: Context) -> int:
    """Put a secret into the keyring, untried."""
    context.writable()
    settings, secrets = _safe(context)
    name = context.args.name
    if not name.startswith("ci_") and name not in (STORE, *_proxies(settings)):
        _known(settings, name)
    _not_given(secrets, name)
    value = _asked(context, name)
    if name == STORE:
        _fits(context, value)
    return _done(context, name, "kept", _keep(secrets, name, value))


def _fits(context: Context, key: str) -> None:
    """Refuse what cannot be the key of the store, and to write over the one that is."""
    from deskui.wiring import keys

    if said := keys.fit(context.home, key):
        raise output.Failure("refused", said, "Make a key with `openssl rand -hex 32`.")


def run_test(context: Context) -> int:
    """Log in with the secret that is in use."""
    from deskui import adapters

    settings, secrets = _safe(context)
    _known(settings, context.args.name)
    adapters.login(context.home, settings, context.args.name)
    return _done(context, context.args.name, "ok", _place(secrets, context.args.name))


def run_rotate(context: Context) -> int:
    """The old one stays until the upstream has let the new one in."""
    context.writable()
    from deskui import adapters

    settings, secrets = _safe(context)
    name = context.args.name
    _known(settings, name)
    _not_given(secrets, name)
    new = _asked(context, name)
    adapters.login(context.home, settings, name, new)  # refused or unreachable: nothing was replaced
    return _done(context, name, "rotated", _keep(secrets, name, new))


def _safe(context: Context) -> tuple[Any, Any]:
    """The settings, and where they allow secrets to be."""
    from deskui import adapters, config

    settings = config.load(context.home / "config.toml")
    return settings, adapters.secrets(settings)


def _names(settings: Any) -> list[str]:
    from deskui import adapters

    return [name for name in settings.upstream if adapters.needs_secret(settings, name)]


def _proxies(settings: Any) -> list[str]:
    """The secrets of proxies that want a login."""
    return [f"proxy_{name}" for name, told in settings.upstream.items() if told.proxy and told.proxy_user]


def _known(settings: Any, name: str) -> None:
    known = _names(settings)
    if name not in known:
        there = ", ".join(known) or "none"
        raise output.Failure("usage", f"there is no upstream {name!r} that needs a secret; there are: {there}")


def _not_given(secrets: Any, name: str) -> None:
    """What the environment gives is used before any keyring: another one there would change nothing."""
    if secrets.given(name) is not None:
        raise output.Failure(
            "config", f"the secret of {name} comes from {_place(secrets, name)}, which goes before the keyring",
            "Change it there, or unset it.",
        )  # fmt: skip


def _place(secrets: Any, name: str) -> str | None:
    """Where the secret is taken from; None: there is none."""
    from deskui.secrets import NoSecret, variable

    if secrets.given(name) is not None:
        return str(variable(name))
    try:
        return secrets.place() if secrets.stored(name) else None
    except NoSecret:
        return None


def _asked(context: Context, name: str) -> str:
    """One line of standard input, or what is typed unseen."""
    from deskui import log

    if context.json or not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = getpass.getpass(f"Password or token for {name}: ", sys.stderr)
    if not given:
        raise output.Failure("usage", "there was nothing on standard input", f"… | deskui secret set {name}")
    log.redact(given)
    return given


def _keep(secrets: Any, name: str, value: str) -> str:
    """Put it away and look whether it is there.  NoSecret."""
    place: str = secrets.keep(name, value)
    if secrets.stored(name) != value:
        raise output.Failure("config", f"the keyring {place} did not keep it", secrets.hint(name, None))
    return place


def _done(context: Context, name: str, state: str, place: str | None) -> int:
    context.show({"secret": name, "state": state, "place": place}, [f"{name}: {state}; its place: {place}"])
    return output.DONE
