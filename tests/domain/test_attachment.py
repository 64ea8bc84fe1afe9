"""The names under which strangers' files are saved."""

import pytest

from deskui.domain.attachment import NAME_BYTES, clean, numbered, size


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("report.pdf", "report.pdf"),
        ("Übersicht €.pdf", "Übersicht €.pdf"),
        ("U\u0308bersicht.pdf", "Übersicht.pdf"),
        ("../../etc/passwd", "passwd"),
        ("/etc/shadow", "shadow"),
        ("C:\\Windows\\System32\\cmd.exe", "cmd.exe"),
        ("..", "attachment.png"),
        ("../..", "attachment.png"),
        ("photos/", "photos"),
        ("", "attachment.png"),
        (" . ", "attachment.png"),
        (".bashrc", "bashrc"),
        ("...hidden", "hidden"),
        ("-rf", "rf"),
        ("--help.txt", "help.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("a\r\nb.txt", "a b.txt"),
        ("\x1b[31mred\x07.txt", "[31mred.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ("half\ud83d.txt", "half\ufffd.txt"),
        ('a<b>c:d"e|f?g*h.txt', "a_b_c_d_e_f_g_h.txt"),
        ("two   spaces\u00a0and one.txt", "two spaces and one.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("console.log", "console.log"),
        ("name. . .", "name"),
    ],
)
def test_names(name: str, saved: str) -> None:
    assert clean(name, "image/png") == saved
    assert clean(saved, "image/png") == saved  # a clean name is clean


@pytest.mark.parametrize("name", ["x" * 300 + ".pdf", "ü" * 300 + ".tar.gz", "x" * 300, "a." + "y" * 300, "😀" * 99])
def test_long_names_keep_their_ending(name: str) -> None:
    saved = clean(name)
    assert len(saved.encode()) <= NAME_BYTES
    assert len(saved.encode()) > NAME_BYTES - 8
    ending = name.rpartition(".")[2]
    assert len(ending) > 16 or saved.endswith(f".{ending}")


def test_numbers_go_before_the_ending() -> None:
    assert [numbered("a.pdf", n) for n in (0, 1, 12)] == ["a.pdf", "a-1.pdf", "a-12.pdf"]
    assert numbered("README", 2) == "README-2"


def test_sizes() -> None:
    assert [size(n) for n in (0, 999, 1000, 5_200_000)] == ["0 B", "999 B", "1 kB", "5.2 MB"]
