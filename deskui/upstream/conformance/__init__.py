"""One suite for every adapter: what `base.py` promises, tried on a system that other people use too.

A test module inherits `Contract` and gives two fixtures: `adapter`, logged in, and `world`, the other people of the
same system.  The tests make their own tickets and look only at those, so that a real server need not be empty.  It
takes pytest, which deskui does not install by itself.
"""

from deskui.upstream.conformance.pulling import Pulling
from deskui.upstream.conformance.pushing import Pushing
from deskui.upstream.conformance.sets import Sets
from deskui.upstream.conformance.talking import Talking
from deskui.upstream.conformance.world import World, entry_of, events_of, holds_of, kinds, last

__all__ = ["Contract", "World", "entry_of", "events_of", "holds_of", "kinds", "last"]


class Contract(Pulling, Pushing, Talking, Sets):
    """Every test is a sentence of the contract."""
