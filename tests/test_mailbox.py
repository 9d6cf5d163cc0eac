"""What a worker posts is heard on the interface thread, and is harmless when nobody is there any more."""

from __future__ import annotations

import threading

import shiboken6
from PySide6.QtCore import QObject

from maistudio.gui.mailbox import Mailbox


def test_letters_are_heard_in_order_on_the_interface_thread(qtbot) -> None:
    heard: list[tuple[object, int]] = []
    parent = QObject()
    mailbox = Mailbox(lambda number: heard.append((number, threading.get_ident())), parent)
    mailbox.start()
    worker = threading.Thread(target=lambda: [mailbox.post((number,)) for number in range(3)])
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == [(number, threading.get_ident()) for number in range(3)]


def test_posting_to_a_destroyed_mailbox_does_nothing(qtbot) -> None:
    parent = QObject()
    mailbox = Mailbox(lambda _: None, parent)
    post = mailbox.post
    shiboken6.delete(parent)
    post((1,))
    assert not shiboken6.isValid(mailbox)
