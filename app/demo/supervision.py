"""The demo of ``make run``: sample data, then web and worker side by side until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from types import FrameType

from app.settings import Settings

MOTCUA = (sys.executable, "-m", "app.cli")
PREPARE = (("init",), ("seed", "--demo"))
SERVE = (("serve",), ("worker",))


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
    """Run ``commands`` together: a signal to us, or the end of one, is the end of all."""
    asked: list[int] = []
    children: dict[int, subprocess.Popen[bytes]] = {}
    names: dict[int, str] = {}

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        _end(children)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    for command in commands:
        # A session of its own: the terminal's Ctrl-C reaches us alone, and the children once.
        child = subprocess.Popen(command, start_new_session=True)
        children[child.pid] = child
        names[child.pid] = command[-1]
    if asked:  # while we were starting
        _end(children)
    failed = 0
    while children:
        pid, state = os.wait()
        ended = children.pop(pid, None)
        if ended is None:
            continue
        ended.returncode = os.waitstatus_to_exitcode(state)
        failed = failed or ended.returncode
        if not asked:
            print(f"{names[pid]} ended by itself ({ended.returncode}); stopping.", flush=True)
            asked.append(0)
            failed = failed or 1
            _end(children)
    return 0 if any(asked) else failed


def _end(children: dict[int, subprocess.Popen[bytes]]) -> None:
    for pid in list(children):
        with suppress(ProcessLookupError):
            # Popen.send_signal would reap the child that os.wait is waiting for.
            os.kill(pid, signal.SIGTERM)
