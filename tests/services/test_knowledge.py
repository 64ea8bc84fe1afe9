"""One search over what was resolved and the articles at home."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui.domain.change import Note, Resolve
from deskui.services import knowledge
from tests.ui.desk import WholeDesk, whole_desk


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[WholeDesk]:
    with whole_desk(tmp_path / "home") as desk:
        yield desk


def write(whole: WholeDesk, name: str, text: str) -> None:
    path = whole.home / "kb" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def names(whole: WholeDesk, words: str, but: str = "") -> list[str]:
    return [each.name for each in whole.services.knowledge.search(words, but).result(10)]


def test_resolved_tickets_and_articles_are_one_list_best_first(whole: WholeDesk) -> None:
    other = whole.acknowledged(subject="Tills slow since the update")
    whole.do(other, Resolve("Rolled the update back."))
    same = whole.acknowledged(subject="Tills offline in two stores")
    whole.do(same, Note("The ISP says it is the line."), Resolve("LTE failover on till-gw."))
    whole.make("Tills offline in 14 stores")  # open: not known yet
    write(whole, "net/lte.md", "# Tills offline in stores: LTE failover\n\nset failover on\n")
    write(whole, "coffee.md", "# Coffee machine\n\ndescale it\n")
    assert names(whole, "tills offline stores") == ["net/lte", same, other]
    found = whole.services.knowledge.get(same)
    assert found is not None
    assert found.helps == "LTE failover on till-gw."  # waiting to be sent
    whole.sync()
    assert names(whole, "tills offline stores", but=same) == ["net/lte", other]
    assert whole.services.knowledge.get(same).helps == "LTE failover on till-gw."  # type: ignore[union-attr]


def test_a_ticket_without_a_word_of_how_is_no_knowledge(whole: WholeDesk) -> None:
    assert names(whole, "tills") == []
    assert whole.services.knowledge.get(whole.make()) is None
    assert names(whole, "") == names(whole, "  a ") == []


def test_words_that_fts_would_read_as_its_own_are_words(whole: WholeDesk) -> None:
    write(whole, "odd.md", "# near AND not\n\nx\n")
    for typed in ('"', "near(", "tills AND", "*", "col:x -y", "'; drop table ticket", "\x00near"):
        names(whole, typed)
    assert names(whole, "NEAR") == ["odd"]


def test_the_first_words_are_those_of_the_subject(whole: WholeDesk) -> None:
    assert whole.services.knowledge.words(whole.make("The tills are offline in 14 stores")) == "tills offline stores"
    assert whole.services.knowledge.words("RT-404") == ""


def test_what_is_no_readable_file_is_not_there(whole: WholeDesk) -> None:
    assert list(knowledge.articles(whole.home / "kb")) == []
    write(whole, "good.md", "# Good")
    write(whole, "other.txt", "# Text")
    (whole.home / "kb" / "folder.md").mkdir()
    os.mkfifo(whole.home / "kb" / "pipe.md")
    (whole.home / "kb" / "gone.md").symlink_to("nowhere")
    (whole.home / "kb" / "bytes.md").write_bytes(b"# \xff\xfe\x00 bytes")
    (whole.home / "kb" / "large.md").write_text("# Large\n" + "x" * 200_000)
    found = {each.name: each for each in knowledge.articles(whole.home / "kb")}
    assert sorted(found) == ["bytes", "good", "large"]
    assert len(found["large"].text) < knowledge.MOST_BYTES


def test_no_name_leads_out_of_the_folder(whole: WholeDesk) -> None:
    write(whole, "good.md", "# Good")
    (whole.home / "secret.md").write_text("# Secret")
    assert whole.services.knowledge.get("good") is not None
    for name in ("../secret", str(whole.home / "secret"), "./good", "../kb/good", ""):
        assert whole.services.knowledge.get(name) is None
