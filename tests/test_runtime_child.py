"""A child process that dies, hangs, eats or talks nonsense ends as one sentence, and leaves nothing behind."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest
from stand_ins import LISTENS, after_request, asked, gone, silent_command, wait_until

from maistudio.errors import ModelRunError, RuntimeMissingError
from maistudio.runtime import child as child_module
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.child import LOG_BYTES, Child
from maistudio.runtime.deaths import died

Start = Callable[[tuple[str, ...]], Child]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts children, which end with the test."""
    with ExitStack() as ending:

        def started(words: tuple[str, ...]) -> Child:
            child = Child(words)
            ending.callback(child.close)
            return child

        yield started


DEATHS = {
    "crash": (
        "die(signal.SIGSEGV)",
        "LiteRT died of it (SIGSEGV) while running it: the file may be damaged, or another engine",
    ),
    "abort": ("die(signal.SIGABRT)", "LiteRT died of it (SIGABRT) while running it"),
    "out of memory": (
        'sys.stderr.write("what():  std::bad_alloc\\n"); sys.stderr.flush(); die(signal.SIGABRT)',
        "it ran out of memory while running it: give it smaller inputs",
    ),
    "killed by the system": ("die(signal.SIGKILL)", "the system killed its process while running it"),
    "exit": ("sys.exit(0)", "LiteRT died of it (exit status 0) while running it"),
    "unnamed signal": ("die(signal.SIGRTMIN + 3)", f"(signal {signal.SIGRTMIN + 3}) while running it"),
    "half a message": (
        "answers.write(b'\\0\\0\\0\\x20{'); answers.flush(); os._exit(3)",
        "(exit status 3) while running",
    ),
}
NONSENSE = {
    "garbage": "answers.write(b'INFO: ' * 9); answers.flush()",
    "no JSON": "answers.write(b'\\0\\0\\0\\2{{'); answers.flush()",
    "no id": "answers.write(b'\\0\\0\\0\\2{}'); answers.flush()",
    "another's id": "tell(2, result={})",
    "a stale id": "tell(0, result={})",
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_death_is_told_with_its_stage(start: Start, death: str) -> None:
    body, sentence = DEATHS[death]
    assert sentence in asked(start(after_request(f"tell(1, stage='running it')\n{body}")))


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_ends_the_child(start: Start, nonsense: str) -> None:
    child = start(after_request(f"{NONSENSE[nonsense]}\ntime.sleep(60)"))
    assert "the process that runs it sent" in asked(child)
    wait_until(lambda: gone(child.pid))


def test_a_closed_channel_is_an_end(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "END_SECONDS", 0.2)
    child = start(after_request("answers.close()\ntime.sleep(60)"))
    assert "it closed its channel" in asked(child)
    wait_until(lambda: gone(child.pid))


@pytest.mark.parametrize("hello", ['{"protocol": VERSION + 1, "litert": "1"}', '{"litert": "1"}', '"hi"', "None"])
def test_a_child_of_another_version_is_refused(start: Start, hello: str) -> None:
    child = start(silent_command(f"tell(0, result={hello})\ntime.sleep(60)"))
    assert asked(child) == "the process for running models is of another version: restart MAI Studio"
    wait_until(lambda: gone(child.pid))


def test_a_child_that_does_not_come_up_says_its_last_words(start: Start) -> None:
    sentence = asked(start(silent_command("print('No module named maistudio', file=sys.stderr)\nsys.exit(1)")))
    assert "ended (exit status 1) while starting: it said 'No module named maistudio'" in sentence


def test_whoever_asks_one_that_never_came_up_is_told_at_once(start: Start) -> None:
    child = start(silent_command(""))
    asked(child)
    since = time.monotonic()
    assert "stopped" in asked(child)
    assert time.monotonic() - since < 0.5


def test_without_litert_nothing_runs(start: Start) -> None:
    child = start(silent_command('tell(0, result={"protocol": VERSION, "litert": None, "why": "ImportError: x"})'))
    with pytest.raises(RuntimeMissingError, match=r"ImportError: x.*pip install ai-edge-litert"):
        child.ready()


def test_what_the_machine_lacks_is_no_fault_of_the_model(start: Start) -> None:
    child = start(after_request("tell(1, error='no GPU', missing=True)\nreceive(requests)"))
    with pytest.raises(RuntimeMissingError, match="no GPU"):
        list(child.ask("load", {}))


def test_a_refusal_leaves_the_child_at_work(start: Start) -> None:
    child = start(after_request("tell(1, error='no')\ntell(receive(requests)['id'], result=7)\nreceive(requests)"))
    assert (asked(child), asked(child)) == ("no", 7)


def test_silence_ends_at_the_wall_bound(start: Start) -> None:
    child = start(after_request("time.sleep(60)"))
    assert "it passed the 0.3 s it may take while starting, and was stopped" in asked(child, Bounds(wall_seconds=0.3))
    wait_until(lambda: gone(child.pid))


def test_each_stage_has_the_wall_bound_to_itself(start: Start) -> None:
    child = start(after_request("for _ in range(4):\n tell(1, stage='more')\n time.sleep(0.2)\ntell(1, result=7)"))
    assert asked(child, Bounds(wall_seconds=0.6)) == 7


@pytest.mark.parametrize("work", ["time.sleep(60)", "while True: tell(1, stage='eating'); time.sleep(0.001)"])
def test_memory_is_bounded_however_the_child_talks(start: Start, work: str) -> None:
    child = start(after_request(f"tell(1, stage='eating')\nheld = b'x' * 200_000_000\n{work}"))
    sentence = asked(child, Bounds(memory_bytes=100_000_000))
    assert "it passed the 0.1 GB of memory it may take while eating, and was stopped" in sentence
    wait_until(lambda: gone(child.pid))


def test_cpu_time_is_bounded(start: Start) -> None:
    child = start(after_request("while True: pass"))
    assert "it passed the 0.4 s of CPU time it may take" in asked(child, Bounds(cpu_seconds=0.4))


def test_sleep_is_no_cpu_time(start: Start) -> None:
    child = start(after_request("time.sleep(0.8)\ntell(1, result=7)"))
    assert asked(child, Bounds(cpu_seconds=0.5)) == 7


@pytest.mark.parametrize("stream", [1, 2])
def test_endless_prints_neither_block_nor_pile_up(start: Start, stream: int) -> None:
    child = start(after_request(f"for _ in range(500): os.write({stream}, b'x' * 99_999 + b'.')\ntell(1, result=7)"))
    assert asked(child) == 7
    child.close()
    assert LOG_BYTES // 2 < len(child.log) <= LOG_BYTES + 4096
    assert child.log.endswith("x.")


def test_prints_are_the_log_and_no_message(start: Start) -> None:
    child = start(after_request("os.write(1, b'one ')\nos.write(2, b'two \\xff')\ntell(1, result=7)"))
    assert asked(child) == 7
    wait_until(lambda: child.log == "one two �")


def test_closing_the_steps_kills(start: Start) -> None:
    child = start(after_request("tell(1, stage='working')\ntime.sleep(60)"))
    steps = child.ask("run", {})
    while next(steps) is None or child.stage != "working":
        pass
    steps.close()
    wait_until(lambda: gone(child.pid))


def test_a_kill_by_another_thread_is_told_as_a_stop(start: Start) -> None:
    child = start(after_request("tell(1, stage='working')\ntime.sleep(60)"))
    child.ready()
    threading.Timer(0.2, child.kill).start()
    assert "its process was stopped while " in asked(child)


@pytest.mark.parametrize("end", ["die(signal.SIGSEGV)", "answers.write(b'INFO: ' * 9); answers.flush()", "pass"])
def test_whoever_asks_a_dead_child_is_told_at_once(start: Start, end: str) -> None:
    child = start(after_request(end))
    asked(child)
    since = time.monotonic()
    assert "stopped" in asked(child) or "died" in asked(child)
    assert time.monotonic() - since < 0.5


def test_whoever_asks_a_closed_child_is_told(start: Start) -> None:
    child = start(LISTENS)
    assert asked(child) == {}
    child.close()
    child.close()
    assert "its process was stopped" in asked(child)


def test_a_command_that_cannot_start_is_one_sentence() -> None:
    before = psutil.Process().num_fds()
    with pytest.raises(ModelRunError, match="no process could be started to run models in: No such file"):
        Child((str(Path(__file__).parent / "nothing"),))
    assert psutil.Process().num_fds() == before


def test_children_leave_no_descriptor_thread_or_process() -> None:
    def held() -> tuple[int, int, int]:
        return psutil.Process().num_fds(), threading.active_count(), len(psutil.Process().children())

    Child(("/bin/sleep",)).close()
    before = held()
    for _ in range(200):
        with closing(Child(("/bin/sleep",))):
            pass
    assert held() == before


def test_several_children_work_at_once(start: Start) -> None:
    children = [start(after_request("time.sleep(0.5)\ntell(1, result=os.getpid())")) for _ in range(4)]
    waiting = [child.ask("run", {}) for child in children]
    results = set()
    since = time.monotonic()
    for child, steps in zip(children, waiting, strict=True):
        next(steps)  # asked
        assert child.alive
    for steps in waiting:
        try:
            while True:
                next(steps)
        except StopIteration as stop:
            results.add(stop.value["result"])
    assert results == {child.pid for child in children}
    assert time.monotonic() - since < 1.9


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_child_that_another_program_ends_is_no_fault_of_the_file(number: signal.Signals) -> None:
    sentence = died(-number, "measuring", "")
    assert sentence == f"another program ended its process ({number.name}) while measuring: run it again"
