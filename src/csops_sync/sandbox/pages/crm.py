"""The CRM page: contracts, opportunities, any record with its fields and history; edits, and the clock."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.next_opening import NextOpening
from csops_sync.sandbox.pages.crm_desk import Desk
from csops_sync.sandbox.pages.crm_frame import Frame
from csops_sync.sandbox.pages.crm_lists import contracts, opportunities
from csops_sync.sandbox.pages.crm_records import record_view
from csops_sync.sandbox.pages.org_reader import OrgReader
from csops_sync.sandbox.pages.rendering import render, style_route
from csops_sync.sandbox.salesforce.org import Org

KINDS = ("all", "by_sync", "open", "closed")


def crm_routes(org: Org, clock: VirtualClock, opening: NextOpening) -> list[Route]:
    """This function will give the routes of the page: `/`, `/opportunities`, and records as Salesforce links them."""
    reader = OrgReader(org)
    frame = Frame(reader)
    page, desk = _CrmPage(reader, frame), Desk(org, clock, opening, reader, frame)
    return [
        Route("/", page.contracts, methods=["GET"]),
        Route("/opportunities", page.opportunities, methods=["GET"]),
        Route("/lightning/r/{object:str}/{record:str}/view", page.record, methods=["GET"]),
        Route("/record/{record:str}", page.record, methods=["GET"]),
        Route("/record/{record:str}/edit", desk.form, methods=["GET"]),
        Route("/record/{record:str}/edit", desk.save, methods=["POST"]),
        Route("/clock", desk.move_clock, methods=["POST"]),
        style_route(),
    ]


class _CrmPage:
    def __init__(self, reader: OrgReader, frame: Frame) -> None:
        self._reader = reader
        self._frame = frame

    async def contracts(self, request: Request) -> Response:
        """The contracts, those that end next first."""
        wanted, page = _asked(request)
        listed = contracts(self._reader, wanted=wanted, page=page)
        context = self._frame.context(request, here="contracts", wanted=wanted) | {
            "listed": listed,
            "kind": "all",
        }
        return render("crm_contracts.html", self._reader.locale, context)

    async def opportunities(self, request: Request) -> Response:
        """The opportunities, newest first; `kind` is one of `KINDS`."""
        wanted, page = _asked(request)
        asked = request.query_params.get("kind", "all")
        kind = asked if asked in KINDS else "all"
        listed = opportunities(self._reader, wanted=wanted, kind=kind, page=page)
        context = self._frame.context(request, here="opportunities", wanted=wanted) | {
            "listed": listed,
            "kind": kind,
            "kinds": KINDS,
        }
        return render("crm_opportunities.html", self._reader.locale, context)

    async def record(self, request: Request) -> Response:
        """One record of any object."""
        found = record_view(self._reader, request.path_params["record"])
        context = self._frame.context(request) | {"record": found}
        template = "crm_record.html" if found else "crm_missing.html"
        return render(template, self._reader.locale, context, status=200 if found else 404)


def _asked(request: Request) -> tuple[str, int]:
    page = request.query_params.get("page", "1")
    return request.query_params.get("q", "").strip(), int(page) if page.isdecimal() else 1
