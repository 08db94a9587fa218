"""The names of roles, of units as a manifest writes them, of statuses and channels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.package import Text
from engine.words.tables import LANGUAGES, table


def _names(of: str) -> dict[str, Text]:
    vi, en = (table("names_", lang)[of] for lang in LANGUAGES)
    return {key: Text(name, en[key]) for key, name in vi.items()}


ROLE_NAMES: Mapping[str, Text] = MappingProxyType(_names("roles"))
KIND_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "province": Text("Uỷ ban nhân dân tỉnh", "Provincial People's Committee"),
        "centre": Text("Trung tâm Phục vụ hành chính công", "Public Service Centre"),
        "commune": Text("Uỷ ban nhân dân cấp xã", "Commune People's Committee"),
        "district": Text("Uỷ ban nhân dân huyện", "District People's Committee"),
        "district-branch": Text("Chi nhánh cấp huyện", "District branch"),
        "reception-desk": Text("Bộ phận tiếp nhận", "Reception department"),
        "land-registry": Text("Chi nhánh Văn phòng đăng ký đất đai", "Land registry branch"),
        "tax": Text("Thuế cơ sở", "Tax office"),
    }
)
_RULE_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "receiving": Text("nơi tiếp nhận", "receiving office"),
        "deciding": Text("cơ quan giải quyết", "deciding office"),
        "province": Text("Uỷ ban nhân dân tỉnh", "Provincial People's Committee"),
        "parent(deciding)": Text("cơ quan cấp trên", "office above"),
    }
)
STATUS_NAMES: Mapping[int, Text] = MappingProxyType(
    {int(number): name for number, name in _names("statuses").items()}
)


def unit_rule(rule: str) -> Text:
    """A lane's unit as a sentence says it: ``receiving`` is the receiving office."""
    word, _, name = rule.partition(":")
    if word == "partner" and name in KIND_NAMES:
        return KIND_NAMES[name]
    return _RULE_NAMES.get(rule, Text(name or rule, name or rule))
