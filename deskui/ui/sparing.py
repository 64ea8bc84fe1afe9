"""Of an update of a few rows only these rows are rendered, and only the widgets that are seen there."""

from collections.abc import Iterable, Iterator, Sequence

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

Render = tuple[Region, Region, list[Strip]]  # a widget's region, what of it is seen, and the rows of that
Span = tuple[int, int, int]  # row, columns from and to before


class SparingCompositor(Compositor):
    """Textual's renders all rows from the first to the last that changed, and every widget on them: half of a key's
    time, and more where panels stand beside the list.
    """

    _changed: Sequence[Region] = ()  # while a part of the screen is rendered: what of it

    def render_partial_update(self) -> ChopsUpdate | None:
        """As Textual's."""
        self._changed = runs(self._regions_to_spans(self._dirty_regions))
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    def _get_renders(self, crop: Region | None = None) -> Iterator[Render]:
        screen = self.size.region
        open_: Sequence[Region] = self._changed or [screen.intersection(crop) if crop else screen]
        for widget, (region, clip) in self.visible_widgets.items():  # from the front to the back
            still = []
            for run in open_:
                covered = region.intersection(clip).intersection(run)
                if covered:
                    seen = clip.intersection(Region(0, run.y, screen.width, run.height))
                    yield region, seen, widget.render_lines(region.intersection(seen).translate(-region.offset))
                if covered != run:
                    still.append(run)
            open_ = still


def runs(spans: Iterable[Span]) -> list[Region]:
    """Neighbouring rows that change in the same columns, each as one region."""
    found: list[Region] = []
    for y, first, end in sorted(spans):
        last = found[-1] if found else None
        if last is not None and last.bottom == y and last.column_span == (first, end):
            found[-1] = Region(last.x, last.y, last.width, last.height + 1)
        else:
            found.append(Region(first, y, end - first, 1))
    return found
