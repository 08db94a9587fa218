"""Whatever sound parts are drawn, in whatever order people act: what is shown is what waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.parse import Spec
from engine.bpmn.runtime import Complete, Facts, Refresh, Start, advance
from engine.events import TaskCompleted, TaskOpened, TaskWithdrawn
from tests.engine_bpmn.drawing import DAYS, MORNING, Play, el, script, simple, spec_of, timer, user

MOST_STEPS = 400
DEPTH = 4


@dataclass
class Sketch:
    """A diagram under construction: blocks have one way in and one way out."""

    random: Random
    timers: bool
    parts: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    count: int = 0

    def name(self, letter: str) -> str:
        """A new id."""
        self.count += 1
        return f"{letter}{self.count}"

    def block(self, depth: int) -> tuple[str, str]:
        """A random block: its first and its last element."""
        kinds = ["task", "task", "script"] if depth < DEPTH else []
        if depth:
            kinds += ["line", "choice", "fork", "fork", "loop", "sub"]
            kinds += ["many"]
            kinds += ["guarded", "reminded", "stopped"] if self.timers else []
        kind: str = self.random.choice(kinds)
        made: tuple[str, str] = getattr(self, kind)(depth - 1)
        return made

    def task(self, _: int = 0) -> tuple[str, str]:
        """A person's step."""
        name = self.name("T")
        self.parts.append(user(name))
        return name, name

    def script(self, _: int) -> tuple[str, str]:
        """A script."""
        name = self.name("C")
        self.parts.append(script(name, f"done_{name} = True"))
        return name, name

    def line(self, depth: int) -> tuple[str, str]:
        """One after the other."""
        first, middle = self.block(depth)
        second, last = self.block(depth)
        self.ways.append(f"{middle} > {second}")
        return first, last

    def choice(self, depth: int) -> tuple[str, str]:
        """One of two."""
        split, merge, default = self.name("X"), self.name("M"), self.name("d")
        self.parts.append(el("exclusiveGateway", split, default=default))
        self.parts.append(el("exclusiveGateway", merge))
        for way in (f"{split} > {{}} : coin", f"{default} = {split} > {{}}"):
            first, last = self.block(depth)
            self.ways += [way.format(first), f"{last} > {merge}"]
        return split, merge

    def fork(self, depth: int) -> tuple[str, str]:
        """All at once."""
        split, join = self.name("F"), self.name("J")
        self.parts += [el("parallelGateway", split), el("parallelGateway", join)]
        for _ in range(self.random.choice([2, 2, 3])):
            first, last = self.block(depth)
            self.ways += [f"{split} > {first}", f"{last} > {join}"]
        return split, join

    def loop(self, depth: int) -> tuple[str, str]:
        """Twice."""
        begin, merge, step, test = (self.name(letter) for letter in "CMCX")
        out = self.name("d")
        self.parts += [
            script(begin, f"rounds_{test} = 0"),
            el("exclusiveGateway", merge),
            script(step, f"rounds_{test} = rounds_{test} + 1"),
            el("exclusiveGateway", test, default=out),
        ]
        after = self.name("M")
        self.parts.append(el("exclusiveGateway", after))
        first, last = self.block(depth)
        self.ways += [
            f"{begin} > {merge} > {first}",
            f"{last} > {step} > {test}",
            f"{test} > {merge} : rounds_{test} < 2",
            f"{out} = {test} > {after}",
        ]
        return begin, after

    def sub(self, depth: int) -> tuple[str, str]:
        """A sub-process around a block."""
        name = self.name("P")
        inner = Sketch(self.random, self.timers, count=self.count)
        first, last = inner.block(depth)
        start, end = inner.name("S"), inner.name("E")
        self.count = inner.count
        whole = simple(
            "".join(inner.parts), "\n".join([f"S > {first}", f"{last} > E", *inner.ways])
        )
        body = whole.decode().partition('isExecutable="true">')[2].partition("</bpmn:process>")[0]
        for old, new in (("S", start), ("E", end)):
            for key in ("id", "sourceRef", "targetRef"):
                body = body.replace(f'{key}="{old}"', f'{key}="{new}"')
        self.parts.append(el("subProcess", name, body))
        return name, name

    def many(self, _: int) -> tuple[str, str]:
        """A step done twice, at once or one after the other."""
        name, sequential = self.name("T"), self.random.choice(["true", "false"])
        loop = (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
            "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
            "</bpmn:multiInstanceLoopCharacteristics>"
        )
        self.parts.append(el("userTask", name, loop))
        return name, name

    def stopped(self, depth: int) -> tuple[str, str]:
        """A sub-process with a timer that takes all of it away."""
        inner, merge, event = self.sub(depth)[0], self.name("M"), self.name("B")
        self.parts.append(el("exclusiveGateway", merge))
        self.parts.append(
            el("boundaryEvent", event, timer("timeDuration", "PT5H"), attachedToRef=inner)
        )
        self.ways += [f"{inner} > {merge}", f"{event} > {merge}"]
        return inner, merge

    def guarded(self, depth: int) -> tuple[str, str]:
        """A step with a timer that takes it away."""
        task, merge, event = self.task()[0], self.name("M"), self.name("B")
        self.parts.append(el("exclusiveGateway", merge))
        self.parts.append(
            el("boundaryEvent", event, timer("timeDuration", "PT2H"), attachedToRef=task)
        )
        first, last = self.block(depth)
        self.ways += [f"{task} > {merge}", f"{event} > {first}", f"{last} > {merge}"]
        return task, merge

    def reminded(self, depth: int) -> tuple[str, str]:
        """A step with a timer beside it."""
        task, event, end = self.task()[0], self.name("B"), self.name("E")
        self.parts.append(
            el(
                "boundaryEvent",
                event,
                timer("timeCycle", "R2/PT1H"),
                attachedToRef=task,
                cancelActivity="false",
            )
        )
        self.parts.append(el("endEvent", end))
        first, last = self.block(depth)
        self.ways += [f"{event} > {first}", f"{last} > {end}"]
        return task, task


def drawn(seed: int, timers: bool) -> Spec:
    """A random diagram."""
    sketch = Sketch(Random(seed), timers)
    first, last = sketch.block(DEPTH)
    return spec_of(
        simple("".join(sketch.parts), "\n".join([f"S > {first}", f"{last} > E", *sketch.ways]))
    )


def acted(play: Play, random: Random) -> None:
    """Someone does something, or time passes."""
    times = [t.at for t in play.last.timers if t.at is not None]
    if times and random.random() < 0.3:
        play.now = max(play.now, random.choice(times))
        play.fire()
        return
    task = random.choice(play.last.tasks)
    play.do(Complete(task.id, {f"by_{task.step}": task.step}))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.booleans())
def test_what_is_open_is_the_difference_and_a_rest_changes_nothing(
    seed: int, order: int, coin: bool
) -> None:
    play = Play(drawn(seed, timers=True)).start(coin=coin)
    random = Random(order)
    shown: dict[str, str] = {}
    for _ in range(MOST_STEPS):
        for event in play.last.events:
            if isinstance(event, TaskOpened):
                assert event.task not in shown
                shown[event.task] = event.step
            elif isinstance(event, (TaskCompleted, TaskWithdrawn)):
                assert shown.pop(event.task) == event.step
        assert shown == {task.id: task.step for task in play.last.tasks}
        if play.last.finished:
            break
        before = play.last
        if any(timer.at and timer.at <= play.now for timer in before.timers):
            play.fire()  # a missed round of a repeating timer
            continue
        play.do(Refresh())
        assert play.last.snapshot == before.snapshot
        assert play.last.events == ()
        assert (play.last.tasks, play.last.timers) == (before.tasks, before.timers)
        play.outcome = before
        acted(play, random)
    assert play.last.finished
    assert not play.last.waiting


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.booleans())
def test_whatever_the_order_the_data_ends_the_same(
    seed: int, one: int, other: int, coin: bool
) -> None:
    spec = drawn(seed, timers=False)
    ends = []
    for order in (one, other):
        play, random = Play(spec).start(coin=coin), Random(order)
        while not play.last.finished:
            acted(play, random)
        ends.append((play.data, sorted(play.path)))
    assert ends[0] == ends[1]


def test_threads_share_a_specification_without_noticing_each_other() -> None:
    spec = drawn(20, timers=False)

    def run(number: int) -> tuple[bytes, ...]:
        facts = Facts(MORNING, DAYS)
        outcome = advance(spec, None, Start({"coin": True}), facts, "run")
        kept = [outcome.snapshot]
        while not outcome.finished:
            task = outcome.tasks[0]
            outcome = advance(
                spec, outcome.snapshot, Complete(task.id, {f"by_{task.step}": 1}), facts, "run"
            )
            kept.append(outcome.snapshot)
        return tuple(kept)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(run, range(40)))) == 1
