"""The keys that move in a ticket list, for the screen that has one."""

from deskui.ui.widgets.ticketlist import TicketList


class ListKeys:
    """Mixed into a screen with the scope "list"; `list` is its ticket list."""

    @property
    def list(self) -> TicketList:
        """The list that moves."""
        raise NotImplementedError

    def jump_view(self) -> TicketList:
        """Whose rows get labels."""
        return self.list

    def action_list_down(self, times: int = 1) -> None:
        """One line down."""
        self.list.move(self.list.cursor + times)

    def action_list_up(self, times: int = 1) -> None:
        """One line up."""
        self.list.move(self.list.cursor - times)

    def action_list_half_down(self, times: int = 1) -> None:
        """Half a page down."""
        self.list.move_page(0.5 * times)

    def action_list_half_up(self, times: int = 1) -> None:
        """Half a page up."""
        self.list.move_page(-0.5 * times)

    def action_list_page_down(self, times: int = 1) -> None:
        """A page down."""
        self.list.move_page(times)

    def action_list_page_up(self, times: int = 1) -> None:
        """A page up."""
        self.list.move_page(-times)

    def action_list_top(self, line: int = 1) -> None:
        """To the first line, or another one."""
        self.list.move(line - 1)

    def action_list_bottom(self, line: int = 0) -> None:
        """To the last line, or another one."""
        self.list.move((line or len(self.list.ids)) - 1)
