"""The keys that move in a ticket list, for the screen that has one."""

from deskui.ui.widgets.ticketlist import TicketList


class ListKeys:
    """Mixed into a screen with the scope "list"; `list` is its ticket list."""

    @property
    def list(self) -> TicketList:
        """The list that moves."""
        raise NotImplementedError

    def action_list_down(self) -> None:
        """One line down."""
        self.list.move(self.list.cursor + 1)

    def action_list_up(self) -> None:
        """One line up."""
        self.list.move(self.list.cursor - 1)

    def action_list_half_down(self) -> None:
        """Half a page down."""
        self.list.move_page(0.5)

    def action_list_half_up(self) -> None:
        """Half a page up."""
        self.list.move_page(-0.5)

    def action_list_page_down(self) -> None:
        """A page down."""
        self.list.move_page(1)

    def action_list_page_up(self) -> None:
        """A page up."""
        self.list.move_page(-1)

    def action_list_top(self) -> None:
        """To the first line."""
        self.list.move(0)

    def action_list_bottom(self) -> None:
        """To the last line."""
        self.list.move(len(self.list.ids) - 1)
