"""A child process that runs models, seen from the program that started it."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

import maistudio
from maistudio.errors import ModelRunError, RuntimeMissingError
from maistudio.runtime.arena import Array, put
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.channel import Channel
from maistudio.runtime.deaths import FROM_OUTSIDE, beyond, died, gone_wrong, stopped
from maistudio.runtime.protocol import VERSION, BrokenOffError, Message, ProtocolError, receive, refs_json, send
from maistudio.runtime.watch import TICK_SECONDS, Watch

Result = TypeVar("Result")

START_SECONDS = 60.0
END_SECONDS = 5.0
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from maistudio.__main__ import main; sys.exit(main())"
"""The program from the very folder that this one was imported from: another may be installed."""
LOG_BYTES = 64 << 10


class Child:
    """One child process, which serves one request at a time. Made by one thread, it may be killed by any.

    It ends with this program, however that ends: it holds a pipe whose other end only this program has.
    """

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        """Start the process, without waiting for it. Raises ModelRunError where none can be started."""
        if os.name == "nt":
            raise RuntimeMissingError("models can't be run on Windows yet: run them on Linux or macOS")
        self.stage = "starting"
        self.versions: Mapping[str, Any] | None = None
        try:
            self._channel = Channel()
            self._process = self._start(command or worker_command())
        except OSError as error:
            raise ModelRunError(f"no process could be started to run models in: {error.strerror}") from None
        self._count = 0
        self._killed = threading.Event()
        self._log: deque[bytes] = deque()
        self._log_lock = threading.Lock()
        self._messages: queue.SimpleQueue[Message | ProtocolError | None] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, name="child's messages", daemon=True)
        self._log_keeper = threading.Thread(target=self._keep_log, name="child's log", daemon=True)
        self._listener.start()
        self._log_keeper.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def from_child(self) -> int:
        """The arena its arrays come in."""
        return self._channel.from_child

    @property
    def log(self) -> str:
        """What native code printed so far, its last 64 KiB."""
        with self._log_lock:
            return b"".join(self._log).decode(errors="replace")

    @property
    def alive(self) -> bool:
        """Whether it may be asked for something: it runs, and nobody has killed it."""
        return not self._killed.is_set() and self._process.poll() is None

    @property
    def crashed(self) -> bool:
        """Whether native code ended it, and not a kill, want of memory or another program."""
        code = self._process.poll()
        return code is not None and -code not in (signal.SIGKILL, *FROM_OUTSIDE)

    def ready(self) -> Mapping[str, Any]:
        """Wait until it has imported LiteRT; returns its versions.

        Raises RuntimeMissingError without LiteRT, ModelRunError where the child doesn't come up.
        """
        return last(self._ready_steps())

    def ask(
        self,
        do: str,
        request: Mapping[str, Any],
        arrays: Mapping[str, Array] | None = None,
        bounds: Bounds | None = None,
    ) -> Generator[Message | None, None, Message]:
        """Ask for one thing: yields the child's messages and, while there is none, None; returns the result.

        Closing the generator before its end kills the child, as does every error but those the child tells of.
        Raises ModelRunError for those, for a child that dies or is dead, and for one that passes its bounds;
        RuntimeMissingError where this machine lacks what it takes.
        """
        yield from self._ready_steps()
        if self._killed.is_set():
            raise ModelRunError(stopped(self.stage))
        self._count += 1
        number = self._count
        refs: dict[str, Any] = {}
        try:
            if arrays is not None:
                refs = {"arrays": refs_json(put(self._channel.to_child, arrays))}
        except OSError as error:
            raise ModelRunError(f"the inputs could not be handed over: {error.strerror}") from None
        try:
            send(self._channel.requests, {**request, **refs, "id": number, "do": do})
        except OSError:
            pass  # it has died, as the answers tell
        except ProtocolError as error:
            raise ModelRunError(f"the request is too large for one message: {error}") from None
        return (yield from self._answers(number, bounds or Bounds()))

    def forget_arrays(self) -> None:
        """Give back the memory of the arrays it was handed, once it has taken them."""
        os.ftruncate(self._channel.to_child, 0)

    def kill(self) -> None:
        """End the process at once. It may have ended already."""
        self._killed.set()
        with contextlib.suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """End the process and give back all it held. May be called again."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        for thread in (self._listener, self._log_keeper):
            thread.join(END_SECONDS)
        self._channel.close()

    def _start(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        handed = self._channel.handed
        try:
            process = subprocess.Popen(
                [*command, *map(str, handed)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=handed,
                start_new_session=True,
            )
        except OSError:
            self._channel.answers.close()
            self._channel.close()
            raise
        self._channel.handed_over()
        return process

    def _ready_steps(self) -> Generator[Message | None, None, Mapping[str, Any]]:
        if self.versions is None:
            hello = yield from self._answers(0, Bounds(wall_seconds=START_SECONDS))
            self.versions = self._checked(hello["result"])
        if self.versions["litert"] is None:
            raise RuntimeMissingError(
                f"LiteRT, which runs models, can't be loaded ({self.versions.get('why')}): pip install ai-edge-litert"
            )
        return self.versions

    def _checked(self, hello: object) -> Mapping[str, Any]:
        if not isinstance(hello, dict) or hello.get("protocol") != VERSION or "litert" not in hello:
            self.kill()
            raise ModelRunError("the process for running models is of another version: restart MAI Studio")
        return hello

    def _answers(self, number: int, bounds: Bounds) -> Generator[Message | None, None, Message]:
        watch = Watch(self.pid, bounds)
        finished = False
        try:
            while True:
                try:
                    message = self._message(number)
                except queue.Empty:
                    message = None
                if message is not None:
                    watch.restart()
                    self.stage = str(message.get("stage", self.stage))
                    finished = "error" in message or "result" in message
                    if finished:
                        return _told(message)
                passed = watch.passed()
                if passed is not None:
                    raise ModelRunError(beyond(passed, self.stage))
                yield message
        finally:
            if not finished:
                self.kill()

    def _message(self, number: int) -> Message:
        """The next answer to a request. Raises queue.Empty where none came in a while, ModelRunError."""
        message = self._messages.get(timeout=TICK_SECONDS)
        if message is None:
            self._messages.put(None)  # whoever asks again is to find it
            raise ModelRunError(self._death())
        if isinstance(message, ProtocolError):
            raise ModelRunError(gone_wrong(str(message), self.stage))
        if message["id"] != number:
            raise ModelRunError(gone_wrong("an answer to nothing that was asked", self.stage))
        return message

    def _death(self) -> str:
        if self._killed.is_set():
            return stopped(self.stage)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self._log_keeper.join(1)  # its last words are on their way
        return died(self._process.returncode, self.stage, self.log, self.versions is not None)

    def _listen(self) -> None:
        with self._channel.answers as stream, contextlib.suppress(OSError):
            try:
                while (message := receive(stream)) is not None:
                    self._messages.put(message)
            except BrokenOffError:
                pass  # how it died says more
            except ProtocolError as error:
                self._messages.put(error)
        self._messages.put(None)

    def _keep_log(self) -> None:
        held = 0
        with cast("BinaryIO", self._process.stdout) as stream, contextlib.suppress(OSError):
            while printed := os.read(stream.fileno(), 1 << 12):
                with self._log_lock:
                    self._log.append(printed)
                    held += len(printed)
                    while held > LOG_BYTES and len(self._log) > 1:
                        held -= len(self._log.popleft())


def _told(message: Message) -> Message:
    """A last answer. Raises ModelRunError or RuntimeMissingError where it is an error."""
    if "error" not in message:
        return message
    raise (RuntimeMissingError if message.get("missing") is True else ModelRunError)(str(message["error"]))


def last(steps: Generator[object, None, Result]) -> Result:
    """Run steps to their end and return their result."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result


def worker_command() -> tuple[str, ...]:
    """How this program starts itself as the child that runs models."""
    return own_command("_worker")


def own_command(*arguments: str) -> tuple[str, ...]:
    """How this program starts itself; what lies in the working directory is no part of it."""
    if getattr(sys, "frozen", False):
        return (sys.executable, *arguments)
    return (sys.executable, "-P", "-c", START, str(Path(maistudio.__file__).parents[1]), *arguments)
