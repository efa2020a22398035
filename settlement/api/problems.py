"""What the door answers when it does not do what is asked: a status, a code, both languages, the detail."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse

from settlement.vocabulary.refusals import REFUSAL_TEXTS, RefusalCode

FORBIDDEN: Final = frozenset(
    {RefusalCode.NOT_ALLOWED, RefusalCode.OUT_OF_SCOPE, RefusalCode.SAME_PERSON, RefusalCode.NOT_YOURS}
)
CONFLICT: Final = frozenset(
    {
        RefusalCode.KEY_REUSED,
        RefusalCode.COMMAND_HASH,
        RefusalCode.NOT_WAITING,
        RefusalCode.APPROVAL_EXPIRED,
    }
)
UNKNOWN: Final = frozenset(
    {
        RefusalCode.UNKNOWN_OPERATION,
        RefusalCode.UNKNOWN_ACCOUNT,
        RefusalCode.UNKNOWN_BREAK,
        RefusalCode.UNKNOWN_OBJECTION,
    }
)


class Problem(Exception):
    """Ends a request with an answer."""

    def __init__(self, status: int, name: str, zh: str, en: str, detail: str = "") -> None:
        super().__init__(en)
        self.status = status
        self.body = {"error": {"name": name, "zh": zh, "en": en, "detail": detail}}
        self.headers: Mapping[str, str] = {}

    def answer(self) -> JSONResponse:
        """As HTTP."""
        return JSONResponse(self.body, self.status, dict(self.headers))


class Texts(NamedTuple):
    """A problem that is no refusal of the registry."""

    status: int
    zh: str
    en: str


TEXTS: Final[dict[str, Texts]] = {
    "KEY_UNKNOWN": Texts(401, "密钥无效或已注销", "expected Authorization: Bearer <secret of a machine key>"),
    "NOT_YOURS_TO_SEE": Texts(403, "无权查询", "this key may not see that"),
    "NOT_FOUND": Texts(404, "不存在", "there is no such thing"),
    "BODY_TOO_LARGE": Texts(413, "请求过大", "the body is larger than the door takes"),
    "MALFORMED": Texts(400, "请求格式错误", "the request cannot be read"),
    "BUSY": Texts(503, "繁忙，请稍后重试", "too many operations wait; try again"),
}


def problem(name: str, detail: str = "") -> Problem:
    """A problem by its name."""
    found = Problem(TEXTS[name].status, name, TEXTS[name].zh, TEXTS[name].en, detail)
    if name == "KEY_UNKNOWN":
        found.headers = {"WWW-Authenticate": "Bearer"}
    if name == "BUSY":
        found.headers = {"Retry-After": "1"}
    return found


def refusal_problem(code: RefusalCode, detail: str) -> Problem:
    """A refusal of the desk that no operation keeps."""
    status = 403 if code in FORBIDDEN else 409 if code in CONFLICT else 404 if code in UNKNOWN else 422
    texts = REFUSAL_TEXTS[code]
    found = Problem(status, code.name, texts.zh, texts.en, detail)
    found.body["error"]["code"] = str(int(code))
    found.body["error"]["remedy"] = texts.remedy
    return found


def refusal_body(code: RefusalCode, detail: str) -> dict[str, Any]:
    """A refusal that its operation keeps."""
    texts = REFUSAL_TEXTS[code]
    return {
        "code": int(code),
        "name": code.name,
        "zh": texts.zh,
        "en": texts.en,
        "remedy": texts.remedy,
        "detail": detail,
    }


async def _no_route(request: Request, error: Exception) -> JSONResponse:
    return problem("NOT_FOUND", f"{request.method} {request.url.path}: no route of API.md").answer()


#: every answer is JSON, that there is no such route or method as well
NO_ROUTE: Final = {404: _no_route, 405: _no_route}
