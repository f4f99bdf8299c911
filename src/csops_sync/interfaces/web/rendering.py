"""Templates, and what every page is rendered with: language, formats, who is looking."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from csops_sync.app.forecast.calling import LONGEST_NOTE
from csops_sync.app.forecast.groups import UNOPENED
from csops_sync.app.forecast.listing_order import at_risk
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.domain.forecast.term_state import TermStanding
from csops_sync.domain.money import Money
from csops_sync.interfaces.web.access import Identity, Role, may_call
from csops_sync.interfaces.web.chart_values import Drawings
from csops_sync.interfaces.web.dashboard_data import People
from csops_sync.interfaces.web.formats import Formats
from csops_sync.interfaces.web.forms import FIELD, csrf_token
from csops_sync.interfaces.web.languages import LANGUAGE_FIELD, keep_language, language_of
from csops_sync.interfaces.web.saying import Saying
from csops_sync.interfaces.web.words import LANGUAGES, NAMES_OF_LANGUAGES, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What pages are rendered with besides their data: the org's language and time zone, and where it stands.

    `drawings` draws charts, `version` is in the addresses of scripts and styles. `record_url` is the address under
    which the org shows a record (`https://x.my.salesforce.com`), or empty. `sign_in`: people do.
    """

    language: str
    timezone: Callable[[], str]
    drawings: Drawings
    version: str = ""
    record_url: str = ""
    sign_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page about to be rendered, for one reader."""

    request: Request
    desk: Desk
    identity: Identity | None = None
    words: Words = field(init=False)
    formats: Formats = field(init=False)
    said: Saying = field(init=False)

    def __post_init__(self) -> None:
        language = language_of(self.request, default=self.desk.language)
        object.__setattr__(self, "words", Words(language))
        object.__setattr__(self, "formats", Formats(language=language, timezone=self.desk.timezone()))
        object.__setattr__(self, "said", Saying(self.words, self.formats))

    @property
    def people(self) -> People:
        """Whose renewals the reader may see; who is nobody sees nobody's."""
        return self.identity.people if self.identity is not None else frozenset()

    def render(self, template: str, context: Mapping[str, object], *, status: int = 200) -> Response:
        """This function will render a page; everything that comes from data is escaped by the template engine."""
        html = _environment().get_template(template).render(**self._shared(), **context)
        answer = HTMLResponse(html, status_code=status)
        keep_language(self.request, answer)
        answer.headers["Content-Language"] = self.words.language
        answer.headers["Vary"] = "Accept-Language, Cookie"
        return answer

    def _shared(self) -> dict[str, object]:
        identity = self.identity
        return {
            "t": self.words,
            "f": self.formats,
            "said": self.said,
            "identity": identity,
            "is_admin": identity is not None and identity.role is Role.ADMIN,
            "may_call": may_call(identity),
            "longest_note": LONGEST_NOTE,
            "desk": self.desk,
            "path": self.request.url.path,
            "languages": [(one, NAMES_OF_LANGUAGES[one], self._in(one)) for one in LANGUAGES],
            "csrf_field": FIELD,
            "csrf": csrf_token(self.request)
            if identity is not None and "session" in self.request.scope
            else "",
            "version": self.desk.version,
            "type_word": type_word,
            "at_risk": _at_risk,
            "unopened": UNOPENED,
        }

    def _in(self, language: str) -> str:
        """Give this page's address in a language, with everything else as it is; what a form led to has none."""
        if self.request.method not in ("GET", "HEAD"):
            return f"/?{urlencode({LANGUAGE_FIELD: language})}"
        asked = [
            (name, value) for name, value in self.request.query_params.multi_items() if name != LANGUAGE_FIELD
        ]
        return f"{self.request.url.path}?{urlencode([*asked, (LANGUAGE_FIELD, language)])}"


def type_word(line: RenewalLine) -> str:
    """This function will give the type that a renewal is counted under, `unopened` before it has one, or nothing."""
    if line.landing.type is not None:
        return line.landing.type.value
    return UNOPENED if line.state.standing is TermStanding.UNOPENED else ""


def _at_risk(line: RenewalLine) -> Money | None:
    return at_risk(line.state, line.landing)


def prepare_templates() -> None:
    """This function will read and translate all templates, so that no reader waits for that: a fifth of a second."""
    for name in _environment().list_templates(extensions=["html"]):
        _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("csops_sync.interfaces.web"),
        autoescape=select_autoescape(default_for_string=True, default=True),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
