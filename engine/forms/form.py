"""A form as the rest of the house holds it: read, check, show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from engine.errors import BadAnswers
from engine.forms.checking import Check
from engine.forms.definition import CrossCheck, Field, Layout, Section
from engine.forms.files import Known, Settling
from engine.forms.loading import read_layout
from engine.forms.posted import Posted, read_fields
from engine.forms.scope import MISSING, Sight, value_of
from engine.forms.shaping import Shape
from engine.forms.showing import Shown, show
from engine.forms.validation import validator_of

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Form:
    """The fields of a step, with everything its two files say about them."""

    layout: Layout
    validator: Any

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields at the top, in their order."""
        return self.layout.fields

    @property
    def sections(self) -> tuple[Section, ...]:
        """The fields at the top under their headings."""
        return self.layout.sections

    @property
    def checks(self) -> tuple[CrossCheck, ...]:
        """The rules across fields."""
        return self.layout.checks

    @property
    def schema(self) -> dict[str, Any]:
        """The schema file as it was read."""
        return self.layout.schema

    @property
    def ui(self) -> dict[str, Any]:
        """The UI schema file as it was read."""
        return self.layout.ui

    def walk(self) -> Iterator[Field]:
        """Every field, groups before what is in them."""
        return self.layout.walk()

    def read(self, posted: Posted, *, blanks: bool = False) -> dict[str, Any]:
        """Answers from a page's flat names; what cannot be read stays as it was typed.

        With ``blanks`` rows stay in which nothing was typed, for a page that is only reshaped.
        """
        return read_fields(self.fields, posted, blanks=blanks)

    def check(
        self, answers: Mapping[str, Any], known: Mapping[str, Any], today: date
    ) -> dict[str, Any]:
        """The answers as they are kept; ``BadAnswers`` with a ``FieldFault`` for each fault."""
        return Check(self.layout, self.validator, known, today).clean(answers)

    def visible(
        self, answers: Mapping[str, Any], known: Mapping[str, Any], today: date = EPOCH
    ) -> set[str]:
        """The pointers of the fields that are shown for these answers."""
        return self._sight(answers, known, today).visible()

    def settled(
        self, answers: Mapping[str, Any], known: Mapping[str, Any], today: date = EPOCH
    ) -> dict[str, Any]:
        """What a page shows: the answers with computed values and defaults filled in."""
        found = {**answers, **self._computed(answers, known, today)}
        names = {**known, "today": today.isoformat()}
        for field in self.fields:
            text = field.expression("default")
            if text is None or field.name in found:
                continue
            value = value_of(text, names)
            if value is not MISSING and value is not None:
                found[field.name] = value
        return found

    def with_files(
        self, answers: Mapping[str, Any], known: Known
    ) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """The answers with what the store says of each file, and the tokens by pointer.

        Raises BadAnswers with a fault for each file that the store does not know.
        """
        settling = Settling(known)
        found = settling.files(self.fields, answers)
        if settling.faults:
            raise BadAnswers(faults=tuple(settling.faults))
        return found, settling.tokens

    def show(
        self, answers: Mapping[str, Any], lang: str, *, masked: bool = True
    ) -> tuple[Shown, ...]:
        """Section by section (title, lines of label and text); sensitive ones masked."""
        return show(self.layout, answers, lang, masked=masked)

    def _computed(
        self, answers: Mapping[str, Any], known: Mapping[str, Any], today: date
    ) -> dict[str, Any]:
        settled = self._sight(answers, known, today).answers
        return {f.name: settled[f.name] for f in self.fields if f.computed and f.name in settled}

    def _sight(self, answers: Mapping[str, Any], known: Mapping[str, Any], today: date) -> Sight:
        sight = Sight(self.layout, Shape().fields(self.fields, answers), known, today)
        sight.settle()
        return sight


@lru_cache(maxsize=512)
def load(schema: bytes, ui: bytes) -> Form:
    """The form of two files; ``BadPackage`` when they cannot be read as one."""
    layout = read_layout(schema, ui)
    return Form(layout, validator_of(layout))
