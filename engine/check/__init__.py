"""A whole package looked at before it is approved: everything wrong is a finding with advice."""

from engine.check.coverage import coverage, taken, uncovered
from engine.check.paths import check_file, check_path, companions
from engine.check.rules import RULES
from engine.check.whole import check_files, check_package
from engine.check.wording import words

__all__ = [
    "RULES",
    "check_file",
    "check_files",
    "check_package",
    "check_path",
    "companions",
    "coverage",
    "taken",
    "uncovered",
    "words",
]
