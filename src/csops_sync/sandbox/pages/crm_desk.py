"""What people do by the CRM page: they edit a record as somebody, and let time pass."""

from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.next_opening import NextOpening, Opening
from csops_sync.sandbox.pages.crm_forms import STAMP, USER, changes, form_of
from csops_sync.sandbox.pages.crm_frame import Frame, way_back
from csops_sync.sandbox.pages.org_reader import OrgReader
from csops_sync.sandbox.pages.rendering import render
from csops_sync.sandbox.pages.words import words_for
from csops_sync.sandbox.salesforce import writing
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.writing import Hand

_SEE_OTHER = 303
_STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


class Desk:
    """Takes the forms. Everything is done as the org's own pages do it: by a person, with the org's rules."""

    def __init__(
        self, org: Org, clock: VirtualClock, opening: NextOpening, reader: OrgReader, frame: Frame
    ) -> None:
        self._org = org
        self._clock = clock
        self._opening = opening
        self._reader = reader
        self._frame = frame
        self._words = words_for(reader.locale.language)

    async def form(self, request: Request) -> Response:
        """The form to edit a record."""
        return self._form(request)

    async def save(self, request: Request) -> Response:
        """Save what was typed, or show the form again with the org's refusal."""
        typed = await _typed(request)
        if not self._frame.is_ours(typed):
            return _not_ours()
        record = request.path_params["record"]
        if form_of(self._reader, record) is None:
            return self._form(request)
        try:
            changed = self._save(record, typed)
        except ApiError as refusal:
            return self._form(request, typed=typed, refusal=refusal)
        self._frame.announce(self._words["saved" if changed else "unchanged"])
        return RedirectResponse(f"/record/{record}", _SEE_OTHER)

    async def move_clock(self, request: Request) -> Response:
        """Let a day pass, or a week, or the time until the next opening."""
        typed = await _typed(request)
        if not self._frame.is_ours(typed):
            return _not_ours()
        step = typed.get("step", "")
        if step in _STEPS:
            self._clock.advance(_STEPS[step])
            self._frame.announce(self._words["time_passed"])
        elif step == "next":
            self._to_next_opening()
        else:
            return PlainTextResponse("step is day, week or next\n", 400)
        return RedirectResponse(way_back(typed), _SEE_OTHER)

    def _form(
        self, request: Request, *, typed: Mapping[str, str] | None = None, refusal: ApiError | None = None
    ) -> Response:
        form = form_of(self._reader, request.path_params["record"], typed=typed, refusal=refusal)
        context = self._frame.context(request) | {"form": form}
        if form is None:
            return render("crm_missing.html", self._reader.locale, context, status=404)
        status = refusal.status if refusal else 200
        return render("crm_edit.html", self._reader.locale, context, status=status)

    def _save(self, record: str, typed: Mapping[str, str]) -> bool:
        kind, before = self._reader.kind_of(record), self._reader.record(record)
        if kind is None or before is None:
            raise ValueError(f"{record} has a form and is no record")
        self._check_unchanged(before, typed)
        values = changes(kind, before, typed)
        user = typed.get(USER, "")
        if user not in dict(self._reader.active_users()):
            raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", self._words["no_such_user"], [USER])
        if values:
            with self._org.transaction():
                writing.update(self._org, kind, record, values, Hand(user=user, at=self._org.now()))
        return bool(values)

    def _check_unchanged(self, before: Mapping[str, object], typed: Mapping[str, str]) -> None:
        """Refuse to save over somebody else's edit, as Salesforce's pages do."""
        if typed.get(STAMP) == before["SystemModstamp"]:
            return
        whom = self._reader.name_of(str(before["LastModifiedById"]))
        raise ApiError(409, "RECORD_MODIFIED", self._words["edited_meanwhile"].format(whom=whom))

    def _to_next_opening(self) -> None:
        found = self._opening.next()
        if found is None:
            self._frame.announce(self._words["no_date_ahead"])
            return
        self._clock.advance(found.on - self._opening.today())
        self._frame.announce(self._said(found))

    def _said(self, opening: Opening) -> str:
        return self._words[f"moved_{opening.why}"].format(on=opening.on.isoformat(), what=opening.what)


async def _typed(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _not_ours() -> Response:
    text = "This form was not sent from a page of this sandbox; open the page again and send it from there.\n"
    return PlainTextResponse(text, 403)
