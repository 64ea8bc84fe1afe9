"""What `make bench` makes of what it measured, without measuring."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.bench import report
from tests.bench.__main__ import chosen
from tests.bench.maildir import generate
from tests.bench.programs import Program, environment
from tests.bench.report import FIGURES, LIVE, Last


def program(name: str, value: float) -> Program:
    """One of which each figure is the same number."""
    made = Program(name, [name], [], ticks=True)
    made.seen = {figure.name: [value] for figure in FIGURES} | {"live.count": [LIVE]}
    return made


def test_sizes_and_geometries_are_named_in_any_order() -> None:
    assert chosen(["80x24", "1k", "100K", "500"]) == ([1000, 100_000, 500], ["80x24"])
    assert chosen([]) == ([1000, 10_000, 100_000], ["80x24", "160x45"])
    with pytest.raises(ValueError, match="'many' is neither"):
        chosen(["many"])


def test_each_figure_stands_beside_its_last_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    last: Last = {"another": {"deskui": {"paint.ms": 7.0}}}
    assert report.report("1k", [program("deskui", 0.5), program("bare", 0.5)], last)
    assert " x1.00" not in capsys.readouterr().out
    report.save(tmp_path / "cache" / "last.json", last)
    last = report.load(tmp_path / "cache" / "last.json")
    assert last["another"] == {"deskui": {"paint.ms": 7.0}}, "what was not measured stays"
    report.report("1k", [program("deskui", 0.6), program("bare", 0.5)], last)
    paint = capsys.readouterr().out.splitlines()[2]
    assert "0.6 x1.20" in paint
    assert "0.5 x1.00" in paint
    assert last["1k"]["deskui"]["paint.ms"] == 0.6


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("paint.ms", 61.0, "60 ms  MISSED"), ("down.first", 0.7, "1.2 x bare  MISSED"), ("filter.last", None, "MISSED")],
)
def test_a_bound_that_is_missed_is_said(
    capsys: pytest.CaptureFixture[str], name: str, value: float | None, said: str
) -> None:
    ours = program("deskui", 0.5)
    ours.seen[name] = [] if value is None else [value]
    assert not report.report("1k", [ours, program("bare", 0.5)], {})
    assert capsys.readouterr().out.count("MISSED") == 1
    assert not report.report("1k", [ours, program("bare", 0.5)], {})
    assert said in capsys.readouterr().out


def test_a_peer_that_cannot_be_had_says_why_and_misses_no_bound(capsys: pytest.CaptureFixture[str]) -> None:
    peer, last = Program("neomutt", [], [], lacks="not installed: apt-get install neomutt"), dict[str, Any]()
    peer.run("80x24", [{"wait": "never"}])
    assert report.report("1k", [program("deskui", 0.5), program("bare", 0.5), peer], last)
    assert "  neomutt: not installed: apt-get install neomutt" in capsys.readouterr().out
    assert set(last["1k"]) == {"deskui", "bare"}


def test_too_few_countdowns_and_faults_of_ours_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    ours, peer = program("deskui", 0.5), program("curses", 0.5)
    peer.errors.append("no match")
    assert report.report("1k", [ours, program("bare", 0.5), peer], {})
    ours.seen["live.count"] = [LIVE - 1]
    assert not report.report("1k", [ours, program("bare", 0.5), peer], {})
    assert "only 19 countdowns ticked in deskui" in capsys.readouterr().out


def test_an_environment_is_made_once_and_a_fault_is_told(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def refuses(argv: list[str], **options: Any) -> None:
        asked.append(argv)
        raise subprocess.CalledProcessError(1, argv, stderr="first\nNo matching distribution")

    def makes(argv: list[str], **options: Any) -> None:
        asked.append(argv)
        Path(argv[-1]).mkdir() if argv[2] == "venv" else None

    place, lacks = environment(tmp_path, "peer==1", refuses)
    assert lacks == "not installed, pip install peer==1 failed: No matching distribution"
    assert not place.exists()
    asked.clear()
    assert environment(tmp_path, "peer==1", makes) == (tmp_path / "peer-1", "")
    assert len(asked) == 2
    assert environment(tmp_path, "peer==1", makes)[1] == ""
    assert len(asked) == 2


def test_a_maildir_has_a_mail_for_each_ticket_and_is_made_once(tmp_path: Path) -> None:
    generate(tmp_path / "mails", 3)
    mails = sorted((tmp_path / "mails" / "cur").iterdir())
    assert [
        next(line for line in mail.read_text("ascii").splitlines() if line.startswith("Subject"))[:17] for mail in mails
    ] == ["Subject: T-000001", "Subject: T-000002", "Subject: T-000003"]
    mails[0].unlink()
    generate(tmp_path / "mails", 3)
    assert len(list((tmp_path / "mails" / "cur").iterdir())) == 2
