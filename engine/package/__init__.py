"""A procedure's folder or zip, read into one Package with its manifest and its content hash."""

from engine.package.bundle import Package, from_files
from engine.package.folder import load_folder, names
from engine.package.manifest import (
    MODELS,
    Fee,
    Manifest,
    NamedLimit,
    Paper,
    Post,
    Supplement,
    Text,
)
from engine.package.reading import Problem, read_manifest
from engine.package.zipped import load_zip, to_zip

__all__ = [
    "MODELS",
    "Fee",
    "Manifest",
    "NamedLimit",
    "Package",
    "Paper",
    "Post",
    "Problem",
    "Supplement",
    "Text",
    "from_files",
    "load_folder",
    "load_zip",
    "names",
    "read_manifest",
    "to_zip",
]
