"""The supervisor behind ``make run``: two processes that live and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Says that it is there, then waits until it is told to stop. The signal is blocked and waited for:
# one that came between the print and a pause() would be lost.
WAITER = (
    "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]);"
    " print('up', flush=True); signal.sigwait([signal.SIGTERM])"
)
DEAF = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('up', flush=True); signal.sigwait([signal.SIGUSR1])"
)
SUPERVISE = "import sys; from app.demo import supervise; sys.exit(supervise({commands!r}))"


def supervisor(*programs: str) -> subprocess.Popen[str]:
    """A supervisor over one Python process per program."""
    commands = [[sys.executable, "-c", program] for program in programs]
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISE.format(commands=commands)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_one_signal_stops_both_and_counts_as_success() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with supervisor(WAITER, WAITER) as process:
            assert process.stdout is not None
            assert [process.stdout.readline() for _ in range(2)] == ["up\n", "up\n"]
            process.send_signal(number)
            assert process.wait(timeout=20) == 0


@pytest.mark.slow
def test_when_one_ends_by_itself_the_other_is_stopped_and_the_failure_is_told() -> None:
    with supervisor(WAITER, "import sys; sys.exit(3)") as process:
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 3
    assert said.count("ended by itself") == 1
    assert "ended by itself (3)" in said


@pytest.mark.slow
def test_no_child_outlives_the_supervisor() -> None:
    program = "import os; print(os.getpid(), flush=True);" + WAITER
    with supervisor(program, program) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    for pid in (int(line) for line in lines if line.isdigit()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.slow
def test_a_second_signal_ends_even_a_child_that_does_not_listen() -> None:
    with supervisor(DEAF) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


@pytest.mark.slow
def test_what_is_killed_is_started_again_a_few_times_and_said_so() -> None:
    program = "import os; print(os.getpid(), flush=True);" + WAITER
    with supervisor(program) as process:
        assert process.stdout is not None
        for turn in range(4):
            pid = int(process.stdout.readline())
            assert process.stdout.readline() == "up\n"
            os.kill(pid, signal.SIGKILL)
            said = process.stdout.readline()
            assert ("was killed (signal 9); started again" in said) == (turn < 3)
        assert process.wait(timeout=20) == 128 + signal.SIGKILL
