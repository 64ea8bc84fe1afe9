"""The inventory for screens and commands: configuration items (CIs) and their import."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from deskui import lazy
from deskui.store.store import Store, Tx

if TYPE_CHECKING:
    from deskui.domain.asset import Asset
    from deskui.store import inventory
else:
    inventory = lazy.Module("deskui.store.inventory")


class Inventory:
    """CIs by name, any case; `author` is who imports."""

    def __init__(self, store: Store, author: str = "") -> None:
        self._store, self._author = store, author

    def all(self) -> "list[Asset]":
        """All CIs by name."""
        return self._store.read(inventory.all_)

    def get(self, name: str) -> "Asset | None":
        """One CI, or None."""
        return self._store.read(lambda db: inventory.get(db, name))

    def criticality(self, name: str) -> str | None:
        """How critical for the business a CI is; None: there is no such CI."""
        item = self.get(name)
        return item.criticality if item else None

    def site(self, name: str) -> str:
        """Where a CI is; "" if that is not said."""
        item = self.get(name)
        return item.site if item else ""

    def put(self, items: "Iterable[Asset]") -> "Future[int]":
        """Take over these CIs, all or none; one that names no watched directories keeps those that it has.

        The future has the number that are new or changed.
        """
        wanted = list(items)

        def work(tx: Tx) -> int:
            return sum(
                inventory.put(tx, _kept(asset, inventory.get(tx.db, asset.name)), self._author) for asset in wanted
            )

        return self._store.write(work)


def _kept(asset: "Asset", known: "Asset | None") -> "Asset":
    return asset if asset.watch or known is None else replace(asset, watch=known.watch)
