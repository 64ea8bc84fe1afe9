"""The engine of each upstream, made when it is first used: who only looks loads no adapter and is asked no secret."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

from deskui import lazy
from deskui.store.store import Store

if TYPE_CHECKING:
    from deskui.domain.ticket import Ticket
    from deskui.sync import engine
    from deskui.sync.customs import Customs
    from deskui.sync.engine import Engine
    from deskui.upstream import _away as away
    from deskui.upstream import base
    from deskui.upstream.base import Upstream
else:  # the first screen needs none of them
    engine = lazy.Module("deskui.sync.engine")
    away = lazy.Module("deskui.upstream._away")
    base = lazy.Module("deskui.upstream.base")


class Engines(Mapping[str, "Engine"]):
    """By the upstream's name; `given` are upstreams that exist already (the demo's), `make` makes the others.

    `customs` says what the desk makes of what others did in an upstream, `days` how far back finished tickets go,
    `barred` which tickets may not be on this machine.
    Where `make` says Unreachable, what is there says so too, and it is made anew the next time.
    """

    def __init__(
        self, store: Store, names: Collection[str], make: "Callable[[str], Upstream]",
        given: "Mapping[str, Upstream]", clock: Callable[[], int], customs: "Callable[[str], Customs]", *,
        sends: bool, days: int = 0, barred: "Callable[[Ticket], bool] | None" = None,
    ) -> None:  # fmt: skip
        self._barred = barred
        self._store, self._names, self._make, self._customs = store, names, make, customs
        self._clock, self._sends, self._days = clock, sends, days
        self._made = {name: self._engine(upstream) for name, upstream in given.items()}

    def _engine(self, upstream: "Upstream", apart: "Callable[[], Upstream] | None" = None) -> "Engine":
        said = self._customs(upstream.name)
        return engine.Engine(
            self._store,
            upstream,
            clock=self._clock,
            sends=self._sends,
            apart=apart,
            customs=said,
            days=self._days,
            barred=self._barred,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, name: str) -> "Engine":
        if name not in self._made:
            try:
                self._made[name] = self._engine(self._make(name), partial(self._make, name))
            except base.Unreachable as why:
                return self._engine(cast("Upstream", away.Away(name, self._store.prefixes[name], why)))
        return self._made[name]

    def close(self) -> None:
        """Let every connection go."""
        for made in self._made.values():
            made.upstream.close()
