"""The names of roles, of units as a manifest writes them, of statuses and channels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.package import Text

ROLE_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "reception": Text("Bộ phận tiếp nhận và trả kết quả", "Reception"),
        "officer": Text("Công chức chuyên môn", "Professional officer"),
        "leader": Text("Lãnh đạo", "Leader"),
        "clerk": Text("Văn thư", "Clerk"),
        "cashier": Text("Thu phí, lệ phí", "Cashier"),
        "liaison": Text("Đầu mối phối hợp", "Liaison officer"),
        "director": Text("Giám đốc Trung tâm", "Centre director"),
        "controller": Text("Kiểm soát thủ tục hành chính", "Procedure controller"),
        "designer": Text("Thiết kế quy trình", "Process designer"),
        "approver": Text("Phê duyệt quy trình", "Release approver"),
        "admin": Text("Quản trị hệ thống", "Administrator"),
        "auditor": Text("Giám sát, kiểm tra", "Auditor"),
    }
)
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
    {
        1: Text("Mới đăng ký", "Newly registered"),
        2: Text("Được tiếp nhận", "Received"),
        3: Text("Không được tiếp nhận", "Not received"),
        4: Text("Đang xử lý", "In progress"),
        5: Text("Yêu cầu bổ sung giấy tờ", "Papers to be added"),
        6: Text("Yêu cầu thực hiện nghĩa vụ tài chính", "Payment to be made"),
        7: Text("Công dân yêu cầu rút hồ sơ", "Withdrawal asked for"),
        8: Text("Dừng xử lý", "Stopped"),
        9: Text("Đã xử lý xong", "Settled"),
        10: Text("Đã trả kết quả", "Result returned"),
    }
)


def unit_rule(rule: str) -> Text:
    """A lane's unit as a sentence says it: ``receiving`` is the receiving office."""
    word, _, name = rule.partition(":")
    if word == "partner" and name in KIND_NAMES:
        return KIND_NAMES[name]
    return _RULE_NAMES.get(rule, Text(name or rule, name or rule))
