"""`deskui …`: every capability has a command; a command imports what it runs when it runs."""
