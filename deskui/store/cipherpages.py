"""The pages of an encrypted store that is damaged, made readable one by one; nothing of them touches the disk."""

from pathlib import Path

from deskui.store import cipher
from deskui.store.driver import PLAIN, Locked
from deskui.store.pages import Pages


class CipherPages(Pages):
    """As `Pages`; a page that is damaged is noise, of which hardly a row looks like one."""

    def __init__(self, path: Path, key: str) -> None:
        super().__init__(path, cipher.PAGE, cipher.RESERVED)
        self._clear = Clear(key)

    def page(self, number: int) -> bytes:
        """One page as SQLite knows it.  ValueError: there is none."""
        return self._clear.page(super().page(number), number)


class Clear:
    """Makes single pages readable: AES-256 in CBC mode, as SQLCipher 4 has it.  Locked: the library is missing."""

    def __init__(self, key: str) -> None:
        try:
            from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        except ImportError:
            raise Locked(*cipher.MISSING) from None
        self._make, self._modes, self._key = Cipher, modes, algorithms.AES(bytes.fromhex(key))

    def page(self, page: bytes, number: int) -> bytes:
        """A page as SQLite knows it, whether it is as it was written or not."""
        start, end = (cipher.SALT if number == 1 else 0), cipher.PAGE - cipher.RESERVED
        if len(page) < cipher.PAGE:
            return bytes(cipher.PAGE)
        made = self._make(self._key, self._modes.CBC(page[end : end + 16])).decryptor()
        return PLAIN[:start] + made.update(page[start:end]) + made.finalize() + bytes(cipher.RESERVED)
