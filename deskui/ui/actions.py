"""Everything a person can do: one table that keys, footer, help, palette and `:command` all come from.

The method behind `queue.filter` is `action_queue_filter`.  A key stands here only once its feature exists.
"""

from deskui.lazy import dataclass
from deskui.ui.keynames import show


@dataclass(frozen=True)
class Action:
    """Something a person can do.

    `keys` are Textual key names, two of them separated by a space for a chord (`g q`).  `word` is its name in the
    footer and after `:`, where one more word may follow that `takes` names; `tip` one sentence for help; `footer` its
    rank there (0: not shown); `needs` what must be so that it can be done, in words that `refusing` explains.
    """

    id: str
    keys: tuple[str, ...]
    word: str
    tip: str
    footer: int = 0
    takes: str = ""
    needs: str = ""

    @property
    def scope(self) -> str:
        """Where it is offered: the part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The method of the screen (or the app) that does it."""
        return f"action_{self.id.replace('.', '_')}"

    @property
    def key(self) -> str:
        """Its first key as people write it."""
        return show(self.keys[0]) if self.keys else ""


WHERE = {
    "app": "everywhere", "dialog": "in a question", "list": "in a list", "queue": "in the queue", "verb": "on a ticket",
    "ticket": "in a ticket", "explain": "why a clock stands so", "bulk": "before a bulk", "summary": "after a bulk",
    "write": "while writing", "new": "a new ticket", "sync": "sync and conflicts", "since": "since you left",
    "dash": "SLA dashboard", "diag": "diagnostics", "kb": "knowledge", "article": "reading what is known",
    "files": "attachments", "log": "the log",
}  # fmt: skip
"""Where the actions of a scope are offered, in the order to show."""

SCREENS = (
    ("list", "queue", "verb", "app"), ("ticket", "list", "verb", "app"), ("explain", "list", "app"), ("write", "app"),
    ("new", "app"), ("sync", "list", "app"), ("dash", "list", "app"), ("diag", "list", "app"), ("dialog",),
    ("bulk", "app"), ("summary", "list", "app"), ("kb", "list", "app"), ("article", "list", "app"),
    ("since", "list", "app"), ("files", "list", "app"),
    ("log", "list", "app"),
)  # fmt: skip
"""The scopes of each screen: what is offered together, the earlier one first."""

TICKET, EDITS = "ticket", "ticket write few"  # what most verbs need

_COLUMNS = (
    ("s", "sla", "what is due first"), ("p", "priority", "priority"), ("u", "updated", "the newest change"),
    ("c", "created", "age"), ("C", "customer", "customer"), ("w", "owner", "owner"), ("S", "state", "state"),
    ("i", "id", "id"), ("t", "subject", "subject"),
)  # fmt: skip

ACTIONS: tuple[Action, ...] = (
    # everywhere
    Action("app.help", ("question_mark", "f1"), "help", "Every key of this screen; type to search, Enter runs it", 11),
    Action("app.command", ("colon",), "cmd", "Type a command: a verb with its arguments, or any action's name", 12),
    Action("app.palette", ("semicolon", "ctrl+p"), "palette", "Every action, found by a few letters"),
    Action("app.queue", ("g q",), "queue", "Go to the queue"),
    Action("app.sync", ("g s", "g o"), "sync-screen", "What was pulled, what waits to be sent, what clashes"),
    Action("app.dashboard", ("g d",), "dashboard", "SLA: what is kept, what breaks next, uptime budgets, credits"),
    Action("app.drafts", ("g w",), "drafts", "What you wrote and did not send"),
    Action("app.since", ("g n",), "since", "What happened while the console was closed"),
    Action("app.log", ("g l",), "log", "What deskui wrote into its log"),
    Action("app.config", ("g c",), "config", "config.toml in your $EDITOR; keys follow at once", needs="write"),
    Action("app.mouse", (), "mouse", "The mouse moves and opens, or is the terminal's own again"),
    Action("app.alert", (), "alert", "The most urgent alert is seen: open its ticket (`a` while there is a banner)"),
    Action("app.mute", ("M",), "mute", "Mute the alerts for a while, or end that; a P1 stays visible", needs="alerts"),
    Action("app.sync_now", ("R",), "sync", "Sync with the upstreams now"),
    Action("app.outage", ("S o",), "outage", "Record that a customer's service was down", needs="write"),
    Action("app.rebuild", ("S b",), "rebuild", "Count all clocks anew; what it would alter is listed first"),
    Action("app.redraw", ("r", "ctrl+l"), "redraw", "Draw the whole screen again"),
    Action("app.theme", (), "theme", "Other colours: :theme NAME, or a list; auto is as the terminal is", takes="NAME"),
    Action("app.tour", (), "tour", "Five things to try with real keys, in the demo; Esc ends it", needs="demo"),
    Action("app.suspend", ("ctrl+z",), "suspend", "Back to the shell; `fg` returns"),
    Action("app.quit", (), "quit", "Leave deskui; asks first"),
    Action("dialog.cancel", ("escape",), "cancel", "Close without doing anything"),
    # moving in a list
    Action("list.down", ("j", "down"), "down", "One line down"),
    Action("list.up", ("k", "up"), "up", "One line up"),
    Action("list.half_down", ("ctrl+d",), "half-down", "Half a page down"),
    Action("list.half_up", ("ctrl+u",), "half-up", "Half a page up"),
    Action("list.page_down", ("pagedown",), "page-down", "A page down"),
    Action("list.page_up", ("pageup",), "page-up", "A page up"),
    Action("list.top", ("g g", "home"), "top", "To the first line"),
    Action("list.bottom", ("G", "end"), "bottom", "To the last line"),
    Action("list.jump", ("f",), "jump", "A letter at each row in view; the letter's key goes there", needs="rows"),
    # the queue
    Action("queue.open", ("enter", "l", "right"), "open", "Open the ticket", needs=TICKET),
    Action(
        "queue.filter",
        ("slash",),
        "filter",
        "Filter live: words -word (a or b) state: prio: owner: customer: tag: ci: is:late has: sla:<30m due:<06:00",
        13,
    ),
    Action("queue.clear_filter", ("backslash",), "clear", "Take the marks off, then show the whole view again"),
    Action("queue.next_hit", ("n",), "next", "The next ticket that the filter found, also when it is off again"),
    Action("queue.previous_hit", (), "previous", "The one before it (N is a new ticket)"),
    Action("queue.mark", ("space",), "mark", "Mark this row and go down; verbs act on the marked ones", needs=TICKET),
    Action("queue.range", ("v",), "range", "Begin a range of marked rows here, and end it", needs=TICKET),
    Action("queue.invert", ("V",), "invert", "Mark the rows that are not marked, unmark the others", needs=TICKET),
    Action("queue.mark_all", ("asterisk",), "mark-all", "Mark every row of the filter", needs=TICKET),
    Action(
        "queue.view",
        ("g v",),
        "view",
        "The views and how many tickets are in each; :view NAME, save NAME, delete NAME",
        takes="[save|delete] NAME",
    ),
    *(Action(f"queue.view_{n}", (str(n), f"g {n}"), f"view-{n}", f"View {n} of the list") for n in range(1, 10)),
    Action("queue.previous_view", ("left_square_bracket",), "view-before", "The view before"),
    Action("queue.next_view", ("right_square_bracket",), "view-after", "The next view"),
    Action("queue.last_view", ("minus",), "last-view", "What was shown before"),
    Action(
        "queue.sort",
        (),
        "sort",
        ":sort updated^ (^ upwards, - downwards); o and the same column again turns it round",
        takes="COLUMN",
    ),
    *(
        Action(f"queue.sort_{column}", (f"o {key}",), f"by-{column}", f"Sort by {said}")
        for key, column, said in _COLUMNS
    ),
    Action("queue.columns", ("comma",), "columns", "Choose the columns; kept with the view"),
    Action("queue.preview", ("z p",), "preview", "Show or hide the preview"),
    Action("queue.zoom", ("z z",), "zoom", "The list alone, or with what stands beside and below it"),
    Action("queue.larger", ("plus",), "larger", "A larger preview: two messages more"),
    Action("queue.smaller", ("underscore",), "smaller", "A smaller preview: two messages fewer"),
    Action("queue.back", ("q", "escape", "h", "left"), "leave", "Marks off, filter off, leave deskui; asks first", 23),
    # what can be done to a ticket, from the queue and from the ticket
    Action("verb.take", ("a",), "own", "Acknowledge it and make it mine", 15, needs=EDITS),
    Action("verb.assign", ("A",), "assign", "Give it to somebody", needs=EDITS),
    Action("verb.state", ("s",), "state", "Hold with a reason, resume, reopen, close, cancel", 16, needs=EDITS),
    Action("verb.priority", ("p",), "priority", "Set the priority", needs=EDITS),
    Action("verb.tags", ("t",), "tag", "Put tags on, take some off", needs=EDITS),
    Action("verb.cc", (), "cc", "Who gets a copy of the replies: add somebody, take them off", needs=EDITS),
    Action(
        "verb.follow", ("d",), "follow-up", "When to look again, here only", takes="[tomorrow] T", needs="ticket write"
    ),
    Action("verb.note", ("c",), "note", "Write a work note (the customer never reads it)", 17, needs=EDITS),
    Action("verb.reply", ("C",), "reply", "Write to the customer", 18, needs=EDITS),
    Action("verb.edit", ("e",), "edit", "Impact, urgency, category, CI or subject", needs=EDITS),
    Action("verb.resolve", ("X",), "resolve", "Resolve it; asks for the resolution", 22, needs=EDITS),
    Action(
        "verb.undo",
        ("u",),
        "undo",
        "Undo what was done last; a bulk is one undo",
        21,
        needs="write",
    ),
    Action("verb.redo", ("U",), "redo", "Do again what was undone last", needs="write"),
    Action("verb.repeat", ("full_stop",), "repeat", "The last verb again, here or on the marks", needs=EDITS),
    Action("verb.macro", ("m",), "macro", "Several changes and a reply by one name; shown first", needs=EDITS),
    Action("verb.diagnose", ("x",), "diag", "Look at the host of its CI", 20, needs="ticket ssh"),
    Action("verb.knowledge", ("K",), "kb", "How tickets like it ended, and your own articles", takes="WORDS"),
    Action("verb.files", ("F",), "files", "Files at its messages: what there is; saves one, opens none", needs=TICKET),
    Action("verb.new", ("N",), "new", "A new ticket, somebody is on the phone", needs="write"),
    Action("verb.scope", ("S s",), "scope", "Is it in the contract's scope? The clause, and a decision", needs=TICKET),
    Action("verb.exclude", ("S e",), "exclude", "Take agreed time out of its clocks; another approves", needs=EDITS),
    Action("verb.reason", ("S r",), "reason", "Why a clock of it was missed, for the report", needs=EDITS),
    Action("verb.links", ("L",), "links", "Its links: go to one, set one, take one away", needs="ticket write"),
    Action("verb.merge", (), "merge", "Make it part of another one; for good", takes="ID", needs="ticket write"),
    Action("verb.split", (), "split", "A new ticket from one of its messages, linked back", needs="ticket write"),
    Action("verb.verified", ("w",), "verified", "By what a caller was verified; kept as a note", needs="ticket write"),
    Action("verb.copy_id", ("y i",), "copy-id", "Copy the ticket's id", needs=TICKET),
    Action("verb.copy_contact", ("y p",), "copy-contact", "Copy the requestor's address", needs=TICKET),
    Action("verb.copy_phone", ("y n",), "copy-phone", "Copy the caller's phone number", needs=TICKET),
    Action("verb.copy_url", ("y u",), "copy-url", "Copy the ticket's address", needs=TICKET),
    Action("verb.copy_subject", ("y s",), "copy-subject", "Copy id and subject", needs=TICKET),
    Action("verb.copy_text", ("y t",), "copy-text", "Copy the ticket with all that was written on it", needs=TICKET),
    Action("verb.pipe", ("vertical_line",), "pipe", "The ticket's text to a command", takes="COMMAND", needs=TICKET),
    # several tickets at once
    Action("bulk.page_down", ("pagedown",), "read on", "Read on in the list of what will be done"),
    Action("bulk.page_up", ("pageup",), "read back", "Read back in the list of what will be done"),
    Action("bulk.back", ("escape",), "cancel", "Leave; nothing is done", 1),
    Action("summary.copy", ("y",), "copy", "Copy what became of each ticket", 1),
    Action("summary.back", ("escape", "h", "left", "q", "enter"), "back", "Back to the list", 2),
    # one ticket
    Action("ticket.back", ("escape", "h", "left", "q"), "back", "Back to the list", 90),
    Action("ticket.next_pane", ("tab",), "panes", "Timeline, triage, people, similar tickets, SLA: the next one", 13),
    Action("ticket.previous_pane", ("shift+tab",), "pane-before", "The pane before"),
    Action("ticket.more", ("plus",), "more", "The next part of a long message"),
    Action("ticket.why", ("v",), "why", "Why the clocks stand where they stand, span by span", 22, needs=TICKET),
    Action("explain.back", ("escape", "h", "left", "q"), "back", "Back to the ticket", 1),
    # the files at a ticket's messages (UX.md names no key for them: F was free)
    Action("files.save", ("enter", "s", "l", "right"), "save", "Save the file in a private folder", 1, needs="line"),
    Action("files.copy", ("y",), "copy path", "Copy the path of the file that was saved last", 2, needs="saved"),
    Action("files.back", ("escape", "h", "left", "q"), "back", "Back", 9),
    # what is written
    Action("write.save", ("f2",), "save", "Save the note, or show the reply once more and send it", 1),
    Action("write.leave", ("escape",), "leave", "Leave; asks what becomes of the text", 2),
    Action("write.template", ("f3",), "template", "A text template for this ticket, at the cursor", 3),
    Action("write.editor", ("f4",), "editor", "Your own $EDITOR; nothing is sent by leaving it", 4),
    Action("write.people", ("f5",), "people", "To and Cc of the reply", 5),
    Action(
        "write.knowledge", ("f6",), "known", "What is known of such a ticket; Enter puts what helped at the cursor", 6
    ),
    Action("write.attach", ("f7",), "attach", "Attach a file to the reply or note, or take one away", 7, takes="PATH"),
    Action("new.save", ("f2",), "create", "Create the ticket", 1),
    Action("new.leave", ("escape",), "leave", "Leave; asks if anything is typed", 2),
    # what is synced
    Action("sync.mine", ("m",), "keep mine", "The conflict: send my value on top of theirs", 1, needs="conflict write"),
    Action("sync.theirs", ("t",), "take theirs", "The conflict: drop my value, keep theirs", 2, needs="conflict write"),
    Action("sync.edit", ("e",), "edit", "The conflict: set a third value", 3, needs="conflict write"),
    Action("sync.drop", ("d",), "drop", "Drop a waiting or refused change; asks first", 4, needs="change write"),
    Action(
        "sync.again", ("a",), "again", "A refused or UNKNOWN change: look, send again or drop", 5, needs="stuck write"
    ),
    Action(
        "sync.all_theirs",
        ("A",),
        "all theirs",
        "All conflicts: keep theirs; asks first and lists them",
        needs="conflict write",
    ),
    Action("sync.undo", ("u",), "undo", "Open again what was settled here last, while it has not left", needs="write"),
    Action("sync.open", ("enter", "l", "right"), "open", "Open the ticket of the line", 6, needs="line"),
    Action("sync.accept", ("F",), "accept", "A frozen upstream is right as it is; asks", 7, needs="frozen write"),
    Action("sync.back", ("escape", "h", "left", "q"), "back", "Back", 9),
    # what happened meanwhile
    Action("since.open", ("enter", "l", "right"), "open", "Open the ticket of the line", 1, needs="ticket"),
    Action("since.back", ("escape", "h", "left", "q"), "back", "Back", 9),
    # the SLA dashboard
    Action("dash.open", ("enter", "l", "right"), "open", "The tickets behind it, in the queue", 1, needs="number"),
    Action("dash.next", ("tab",), "next number", "The next number", 2),
    Action("dash.previous", ("shift+tab",), "number before", "The number before"),
    Action("dash.plot", ("p",), "plot", "Show or hide the trend of the cursor's row", 3),
    Action("dash.approve", ("a",), "approve", "Approve the draft credit; asks first", 4, needs="credit write"),
    Action("dash.outage", ("o",), "outage", "Record that a service was down", 5, needs="write"),
    Action("dash.back", ("escape", "h", "left", "q"), "back", "Back", 9),
    # the log
    Action("log.back", ("escape", "h", "left", "q"), "back", "Back", 9),
    # knowledge
    Action("kb.open", ("enter", "l", "right"), "open", "Read it", 1, needs="line"),
    Action("kb.words", ("slash",), "words", "Look for other words; live", 2),
    Action("kb.note", ("c",), "into a note", "A work note that begins with what helped", 3, needs=f"line {EDITS}"),
    Action("kb.reply", ("C",), "into a reply", "A reply that begins with what helped", 4, needs=f"line {EDITS}"),
    Action("kb.back", ("escape", "h", "left", "q"), "back", "Back", 9),
    Action("article.note", ("c",), "into a note", "A work note that begins with the workaround", 1, needs=EDITS),
    Action("article.reply", ("C",), "into a reply", "A reply that begins with the workaround", 2, needs=EDITS),
    Action("article.copy", ("y",), "copy", "Copy the workaround", 3),
    Action("article.back", ("escape", "h", "left", "q"), "back", "Back to what was found", 9),
    # diagnostics
    Action("diag.run", ("enter",), "run", "Run the runbook, or the one under the cursor", 1),
    Action("diag.again", ("r",), "re-run", "Run the same runbook again", 2),
    Action("diag.cancel", ("K",), "cancel", "Stop it now; nothing is left running on the host", 3, needs="run"),
    Action("diag.attach", ("a",), "attach", "Attach the findings as a work note, previewed", 4, needs="findings write"),
    Action("diag.follow", ("f",), "follow", "Follow the output, or stay where you are", 5),
    Action("diag.pane", ("tab",), "steps/output", "Steps or output", 6),
    Action("diag.back", ("escape", "h", "left", "q"), "back", "Back; asks while it runs", 9),
)

BY_ID = {action.id: action for action in ACTIONS}
