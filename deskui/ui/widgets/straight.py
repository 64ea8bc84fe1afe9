"""Widgets that are their lines and nothing else: no border, padding, tint or opacity is worked out for each row."""

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Straight(Widget):
    """`render_line` gives a row in the widget's full width; the style sheets put nothing around it."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows as they are, behind the app's filters."""
        filters, ground = self.get_line_filters(), self.background_colors[1]
        found = []
        for y in crop.line_range:
            strip = self.render_line(y)
            for each in filters:
                strip = strip.apply_filter(each, ground)
            found.append(strip)
        if crop.column_span == (0, self.region.width):
            return found
        return [strip.crop(*crop.column_span) for strip in found]
