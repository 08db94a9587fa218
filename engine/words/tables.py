"""The files of words beside this one, by language: the house's two, and whatever lies with them.

A file of another language need not say everything: what it leaves out is said in Vietnamese.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("vi", "en")
HERE = Path(__file__).parent


@cache
def table(stem: str, lang: str) -> Mapping[str, Any]:
    """What ``<stem><lang>.toml`` says; Vietnamese where it says nothing or is not there."""
    file = HERE / f"{stem}{lang}.toml"
    if lang in LANGUAGES:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    base = table(stem, LANGUAGES[0])
    if lang not in languages(stem):
        return base
    return _over(base, tomllib.loads(file.read_text(encoding="utf-8")))


@cache
def languages(stem: str) -> tuple[str, ...]:
    """The languages that file is there in, the house's own two first."""
    found = {file.stem.removeprefix(stem) for file in HERE.glob(f"{stem}*.toml")}
    return (*LANGUAGES, *sorted(name for name in found - set(LANGUAGES) if "_" not in name))


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``own`` laid over ``base``, table by table."""
    return {
        **base,
        **{
            key: _over(base[key], value)
            if isinstance(value, dict) and isinstance(base.get(key), dict)
            else value
            for key, value in own.items()
        },
    }
