"""HTML mail as text."""

import pytest

from deskui.upstream import _html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br/>\n  Three", "One\nTwo\nThree"),
        ("<b>bold</b> and <i>not</i>", "bold and not"),
        ("a &lt;b&gt; &amp; c &#8364; &nbsp;x", "a <b> & c € \xa0x"),
        ("<ul><li>one</li><li>two</li></ul>after", "- one\n- two\n\nafter"),
        ("<blockquote>quoted<br>mail</blockquote>reply", "> quoted\n> mail\n\nreply"),
        ("<pre>  df -h\n  /dev/sda1</pre>", "  df -h\n  /dev/sda1".strip()),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc"),
        ('<a href="https://x.example/p">here</a>', "here <https://x.example/p>"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("<head><title>t</title><style>p{}</style></head><body>seen<script>alert('x')</script></body>", "seen"),
        ("<!-- secret -->shown<!DOCTYPE html>", "shown"),
        ("<p>unclosed <b>tags <i>everywhere", "unclosed tags everywhere"),
        ("</div></p></blockquote>stray", "stray"),
        ("Ümläut 漢字 🙂", "Ümläut 漢字 🙂"),
        ("", ""),
    ],
)
def test_as_a_reader_sees_it(html: str, text: str) -> None:
    assert _html.text(html) == text


def test_a_long_and_deep_mail_is_quick() -> None:
    html = "<div>" * 20_000 + "x" + "</div>" * 20_000 + "<p>y</p>" * 20_000
    assert _html.text(html).startswith("x\n\ny")
