"""Why the judge says no: a sentence in both languages for each reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.package import Text

REASONS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "nobody": Text("Bạn chưa đăng nhập.", "You are not logged in."),
        "foreign": Text(
            "Hồ sơ không thuộc cơ quan của bạn.", "The dossier does not concern your office."
        ),
        "post": Text(
            "Bước này thuộc vị trí khác, không phải vị trí của bạn.",
            "This step belongs to another post than yours.",
        ),
        "reception": Text(
            "Chỉ công chức tiếp nhận của Trung tâm này được nhận hồ sơ tại đây.",
            "Only this centre's reception staff may receive dossiers here.",
        ),
        "separate": Text(
            "Bạn đã làm bước trước; bước này phải do người khác thực hiện.",
            "You did an earlier step; this one must be done by somebody else.",
        ),
        "held": Text("Người khác đang giữ công việc này.", "Somebody else holds this task."),
        "not-held": Text("Bạn không giữ công việc này.", "You do not hold this task."),
        "lead": Text(
            "Chỉ lãnh đạo đơn vị, giám đốc Trung tâm hoặc quản trị viên được làm việc này.",
            "Only the unit's leader, the centre's director or an administrator may do this.",
        ),
        "heads": Text(
            "Chỉ lãnh đạo cơ quan ấy hoặc cấp trên, bằng vị trí của chính mình, được báo vắng mặt.",
            "Only that office's leader or an overseer, by a post of their own, reports absences.",
        ),
        "asked": Text(
            "Cơ quan chỉ được hỏi ý kiến thì cho ý kiến và ghi chú nội bộ; nhắn người nộp, hỏi cơ "
            "quan khác là việc của cơ quan đang giải quyết hồ sơ.",
            "An office that was only asked gives its opinion and writes notes; messages to the "
            "applicant and further questions are for the offices that have the dossier in hand.",
        ),
        "asker": Text(
            "Chỉ người đã hỏi, lãnh đạo cơ quan giải quyết, giám đốc Trung tâm hoặc quản trị viên "
            "được rút câu hỏi này.",
            "Only whoever asked, the deciding office's leader, the centre's director or an "
            "administrator may take this question back.",
        ),
        "cashier": Text(
            "Chỉ thủ quỹ hoặc công chức tiếp nhận của Trung tâm được ghi thu tiền.",
            "Only the centre's cashier or reception may take money.",
        ),
        "role": Text("Vai trò của bạn không được làm việc này.", "Your role may not do this."),
        "citizen": Text(
            "Việc này người nộp hồ sơ tự làm trên trang tra cứu.",
            "Applicants do this themselves on the tracking page.",
        ),
        "clock": Text("Việc này do hệ thống tự thực hiện.", "Only the platform itself does this."),
    }
)
