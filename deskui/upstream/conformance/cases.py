"""What `deskui upstream test` collects; the fixtures are the plug-in's that `running` registers."""

from deskui.upstream.conformance.pulling import Pulling
from deskui.upstream.conformance.pushing import Pushing
from deskui.upstream.conformance.sets import Sets
from deskui.upstream.conformance.talking import Talking


class TestAdapter(Pulling, Pushing, Talking, Sets):
    """The contract, on the upstream that was named."""
