"""What the console says when the store is found to be damaged: it stays to be read, and nothing is sent."""

from typing import Any

BODY = """\
Nothing is sent, and nothing more should be written here. What is on the
screen can still be read and copied.

Leave, and deskui asks at once what to do: set the damaged file aside
(it is kept) and save what was written here, or take a backup. What
waits is looked for in the ticket system before it is sent."""


class DamagedApp:
    """Mixed into the app."""

    def damaged(self, said: str) -> None:
        """A question that cannot be overlooked."""
        from deskui.ui.screens.choose import Choice, ChooseScreen

        app: Any = self

        def answered(answer: str | None) -> None:
            if answer == "leave":
                app.exit()
            else:
                app.say(f"The store is damaged ({said}): nothing is sent. Leave deskui (q).", error=True)

        title = f"THE STORE IS DAMAGED: {said}"
        app.push_screen(ChooseScreen(title, [Choice("l", "leave, and repair it", "leave")], BODY), answered)
