"""The inventory's CSV: what is read, and what is refused with which words."""

import pytest

from deskui.domain import asset
from deskui.domain.asset import Asset, AssetError, Watch

HEADER = ",".join(asset.COLUMNS) + "\n"


def test_a_full_row() -> None:
    text = HEADER + "sw1,network,10.0.0.1,2222,svc-noc,~/.ssh/noc,jump01,Nordkauf,Hamburg,high\n"
    assert asset.parse_csv(text) == [
        Asset("sw1", "network", "10.0.0.1", 2222, "svc-noc", "~/.ssh/noc", "jump01", "Nordkauf", "Hamburg", "high")
    ]


def test_only_a_name_any_order_of_columns_bom_and_blank_lines() -> None:
    assert asset.parse_csv("\ufeffport,name\r\n,web-1\r\n\r\n22,web-2\r\n") == [Asset("web-1"), Asset("web-2", port=22)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("-oProxyCommand=x,server,,,,,,,,", "row 2, column name"),
        ("a b,server,,,,,,,,", "row 2, column name"),
        ("a,router,,,,,,,,", "row 2, column kind: 'router' is not allowed; it must be one of server, network"),
        ("a,server,-x,,,,,,,", "row 2, column address"),
        ("a,server,a;b,,,,,,,", "row 2, column address"),
        ("a,server,,0,,,,,,", "row 2, column port: '0'"),
        ("a,server,,70000,,,,,,", "row 2, column port"),
        ("a,server,,ssh,,,,,,", "row 2, column port"),
        ("a,server,,,-l,,,,,", "row 2, column user"),
        ("a,server,,,,-i,,,,", "row 2, column key"),
        ("a,server,,,,,x y,,,", "row 2, column jump"),
        ("a,server,,,,,,A\x1b[2J,,", "row 2, column customer"),
        ("a,server,,,,,,,,urgent", "row 2, column criticality: 'urgent'"),
        ("a,server,,,,,,,,,extra", "row 2: 11 values, but row 1 names 10 columns"),
        ("a,server,,,,,,,,\na,server,,,,,,,,", "row 3, column name: 'a' is there twice"),
        ('"a,server', "not CSV"),
    ],
)
def test_refused_with_row_and_column(row: str, words: str) -> None:
    with pytest.raises(AssetError) as caught:
        asset.parse_csv(HEADER + row + "\n")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty"), ("kind\nserver\n", "column name is missing"), ("name,os\na,b\n", "unknown column 'os'"),
     ("name,name\na,b\n", "twice")],
)  # fmt: skip
def test_a_bad_header(text: str, words: str) -> None:
    with pytest.raises(AssetError, match=words):
        asset.parse_csv(text)


def test_ipv6_is_an_address_and_an_option_is_not() -> None:
    assert asset.is_address("fd00::1")
    assert asset.is_address("::1")
    assert not asset.is_address("--")
    assert not asset.is_address("a:b")


@pytest.mark.parametrize(("text", "wanted"), [("512M", 512 << 20), ("2 GiB", 2 << 30), (1000, 1000), ("1.5k", 1536)])
def test_sizes(text: str | int, wanted: int) -> None:
    assert asset.size(text) == wanted


def test_json_round_trip_and_watch_with_words() -> None:
    one = asset.from_json({"name": "a", "watch": [{"path": "/srv/q", "limit": "1k"}]})
    assert one.watch == (Watch("/srv/q", 1024),)
    assert asset.from_json(asset.to_json(one)) == one
    with pytest.raises(ValueError, match="is no size"):
        asset.from_json({"name": "a", "watch": [{"path": "/srv/q", "limit": "much"}]})
