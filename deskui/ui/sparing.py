"""Of an update of a few rows only these rows are rendered."""

from collections.abc import Iterator

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip

Render = tuple[Region, Region, list[Strip]]  # a widget's region, what of it is seen, and the rows of that


class SparingCompositor(Compositor):
    """Textual's, which renders every row of all widgets of the screen when two of them change: half of a key's time."""

    def _get_renders(self, crop: Region | None = None) -> Iterator[Render]:
        size = self.size.region
        rows = Region(0, crop.y, size.width, crop.height) if crop else size
        for widget, (region, clip) in self.visible_widgets.items():
            seen = clip.intersection(rows)
            part = region.intersection(seen)
            if part:
                yield region, seen, widget.render_lines(part.translate(-region.offset))
