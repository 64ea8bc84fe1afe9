"""`deskui store encrypt` and `decrypt`: the store's file as one that only the key opens, and back."""

from typing import Any

from deskui.cli import output
from deskui.cli.context import Context


def register(actions: Any, shared: Any) -> None:
    """Their place on the command line."""
    encrypt = actions.add_parser("encrypt", parents=[shared], help="make the store and its backups encrypted files")
    encrypt.set_defaults(run=run_encrypt)
    decrypt = actions.add_parser("decrypt", parents=[shared], help="make the store a plain file again")
    decrypt.set_defaults(run=run_decrypt)


def run_encrypt(context: Context) -> int:
    """The store, and what is beside it; what stays plain is named, and the exit code says so."""
    context.writable()
    from deskui.wiring import upkeep

    done, place = upkeep.encrypted(context.home)
    path = context.home / "desk.db"
    people = [
        f"{path}: {'encrypted now' if done.store else 'was encrypted already'}",
        f"its key is in {place}: without it nobody can read the store or its backups, so have a copy in a safe",
    ]
    if done.store:
        people.append("a new store will be encrypted too if config.toml says `encrypted = true` under [store]")
    people += [f"encrypted as well: {each}" for each in done.backups]
    people += [f"still plain: {each}: look whether you need it, then remove it" for each in done.plain]
    found = {
        "store": str(path), "encrypted": True, "changed": done.store, "key": place,
        "backups": list(map(str, done.backups)), "plain": list(map(str, done.plain)),
    }  # fmt: skip
    context.show(found, map(output.inert, people))
    return output.NOT_SO if done.plain else output.DONE


def run_decrypt(context: Context) -> int:
    """The store alone: its backups stay as they are, and so does the key."""
    context.writable()
    from deskui.wiring import upkeep

    done, path = upkeep.decrypted(context.home), context.home / "desk.db"
    found = {"store": str(path), "encrypted": False, "changed": done.store}
    said = "plain now; its backups stay encrypted, and the key stays for them" if done.store else "was plain already"
    context.show(found, [output.inert(f"{path}: {said}")])
    return output.DONE
