"""What a screen may have to say when the disk refuses: screens name it, and may not import the store."""

from deskui.store.driver import StoreError as StoreError
