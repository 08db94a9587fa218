"""XML from strangers: no document type, no entities, no network, bounded size and depth."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.vocabulary import Element
from engine.errors import BadXml

MAX_BYTES = 2_000_000
MAX_DEPTH = 120
MAX_ELEMENTS = 60_000


def read_xml(name: str, data: bytes) -> Element:
    """The root element of a file, or ``BadXml`` with the line and the cause."""
    if len(data) > MAX_BYTES:
        raise BadXml(file=name, line=None, cause=f"too_big:{len(data)}")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadXml(file=name, line=error.lineno, cause=f"not_xml:{error.msg}") from error
    except (ValueError, LookupError) as error:
        raise BadXml(file=name, line=None, cause=f"not_xml:{error}") from error
    if root is None:
        raise BadXml(file=name, line=None, cause="not_xml:empty")
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise BadXml(file=name, line=1, cause="doctype")
    _bound(name, root)
    return root


def _bound(name: str, root: Element) -> None:
    """Refuse what nests too deep or holds too many elements."""
    count = 0
    level = [root]
    depth = 0
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_DEPTH:
            raise BadXml(file=name, line=level[0].sourceline, cause=f"too_deep:{MAX_DEPTH}")
        if count > MAX_ELEMENTS:
            raise BadXml(file=name, line=level[0].sourceline, cause=f"too_many:{MAX_ELEMENTS}")
        level = [child for element in level for child in element]
