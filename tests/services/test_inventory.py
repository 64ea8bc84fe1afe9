"""The inventory as a service: import is all or nothing, and repeated it changes nothing."""

from deskui.domain.asset import Asset, Watch, parse_csv
from deskui.services.inventory import Inventory
from deskui.store import journal
from deskui.store.store import Store


def test_import_then_all_and_get(store: Store) -> None:
    inventory = Inventory(store, "anna")
    assert inventory.put(parse_csv("name,address,port\nsw2,10.0.0.2,\nsw1,10.0.0.1,2222\n")).result(10) == 2
    assert [asset.name for asset in inventory.all()] == ["sw1", "sw2"]
    assert inventory.get("SW1") == Asset("sw1", address="10.0.0.1", port=2222)
    assert inventory.get("nobody") is None
    assert [row.author for row in store.read(lambda db: journal.rows(db, "ci"))] == ["anna", "anna"]


def test_the_same_again_is_no_change_and_watches_are_kept(store: Store) -> None:
    inventory = Inventory(store)
    watched = Asset("a", address="local", watch=(Watch("/srv/q", 1024),))
    assert inventory.put([watched]).result(10) == 1
    assert inventory.put(parse_csv("name,address\na,local\n")).result(10) == 0
    assert inventory.put(parse_csv("name,address,site\na,local,HH\n")).result(10) == 1
    assert inventory.get("a") == Asset("a", address="local", site="HH", watch=(Watch("/srv/q", 1024),))
