"""The demo of ``make run``: sample data, then web and worker side by side until Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable

from app.settings import Settings

MOTCUA = (sys.executable, "-m", "app.cli")
PREPARE = (("init",), ("seed", "--demo"))
SERVE = (("serve",), ("worker", "--console"))
AGAIN = 3  # how often, in all, what was killed is started again
STOPS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def main() -> int:
    """Prepare, start, wait; the exit status is 0 when somebody asked us to stop."""
    try:
        for words in PREPARE:
            status = subprocess.run([*MOTCUA, *words], check=False).returncode
            if status:
                return status
    except KeyboardInterrupt:
        return 130
    print(f"\nMotcua: http://{Settings.from_env().bind}   (Ctrl-C: dừng / stop)\n", flush=True)
    return supervise([[*MOTCUA, *words] for words in SERVE])


def supervise(commands: list[list[str]]) -> int:
    """Run ``commands`` together: a signal to us, or the end of one, is the end of all.

    One that is killed, as by a machine short of memory, is started again a few times: what it had
    in hand is done again by whoever comes next. A second signal no longer asks: who presses Ctrl-C
    twice has waited long enough.
    """
    # Blocked and waited for, so that none is lost between a look and a sleep. SIGHUP comes when the
    # terminal is closed; the children, in sessions of their own, hear neither it nor Ctrl-C.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS | {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, lambda *_: None)  # by default it may be thrown away unheard
    children = {_start(command, before): command for command in commands}
    failed, again = 0, AGAIN
    asked = ending = False
    while children:
        heard = signal.sigwait(STOPS | {signal.SIGCHLD})
        if heard in STOPS:
            _end(children, signal.SIGKILL if asked else signal.SIGTERM)
            asked = ending = True
        for child in [child for child in children if child.poll() is not None]:
            command = children.pop(child)
            if ending:
                continue
            if child.returncode < 0 < again:
                again -= 1
                print(
                    f"{command[-1]} was killed (signal {-child.returncode}); started again.",
                    flush=True,
                )
                children[_start(command, before)] = command
                continue
            ending = True
            print(f"{command[-1]} ended by itself ({child.returncode}); stopping.", flush=True)
            failed = child.returncode or 1
            _end(children, signal.SIGTERM)
    return failed if failed >= 0 else 128 - failed  # as a shell tells a signal


def _start(command: list[str], mask: set[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        start_new_session=True,
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, mask),
    )


def _end(children: Iterable[subprocess.Popen[bytes]], number: int) -> None:
    for child in children:
        child.send_signal(number)
