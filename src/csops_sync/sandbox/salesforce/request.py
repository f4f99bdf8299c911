"""One REST call and its answer, apart from HTTP, so that a composite's subrequests are calls like any other."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from csops_sync.sandbox.faults import Fault, Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.salesforce import errors
from csops_sync.sandbox.salesforce.cursors import Asker, Cursors
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.headers import duplicate_options
from csops_sync.sandbox.salesforce.jobs.desk import BulkDesk
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row
from csops_sync.sandbox.salesforce.writing import Hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request. Header names are in lower case; `version` is `66.0`; `groups` are the route's path parts.

    `fault` is a row_error that the handler has to play; `spared` says that the request has had its fault.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    version: str = ""
    user: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    spared: bool = False

    @property
    def base(self) -> str:
        """The path of this call's API version."""
        return f"/services/data/v{self.version}"

    @property
    def target(self) -> str:
        """Path and query in plain text, for the faults to match."""
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.path}?{query}" if query else self.path

    def parameters(self, *known: str) -> Mapping[str, str]:
        """This function will give the query's parameters; ApiError where there is one beside the `known`."""
        for name in self.query:
            if name not in known:
                raise errors.bad_parameter(name)
        return self.query

    def flag(self, name: str) -> bool:
        """This function will read a parameter that is `true` or `false` (the default)."""
        text = self.query.get(name, "false")
        if text.lower() not in {"true", "false"}:
            raise errors.bad_parameter(name)
        return text.lower() == "true"

    def json(self) -> dict[str, object]:
        """This function will read the body as a JSON object; ApiError JSON_PARSER_ERROR."""
        try:
            read = json.loads(self.body.decode("utf-8"), object_pairs_hook=_each_once)
        except json.JSONDecodeError as error:
            place = f"[line:{error.lineno}, column:{error.colno}]"
            raise ApiError(400, "JSON_PARSER_ERROR", f"{error.msg} at {place}") from None
        except UnicodeDecodeError as error:
            raise ApiError(400, "JSON_PARSER_ERROR", f"Invalid UTF-8: {error.reason}") from None
        except ValueError as error:  # a number of thousands of digits
            raise ApiError(400, "JSON_PARSER_ERROR", str(error)) from None
        if not isinstance(read, dict):
            raise ApiError(400, "JSON_PARSER_ERROR", "The HTTP entity body is required to be a JSON object.")
        return read


def _each_once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Read an object; ApiError where it names a key twice: which of the two is meant?"""
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ApiError(400, "JSON_PARSER_ERROR", f"Duplicate field '{twice}'")
    return read


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON body (None for no body) and headers."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every handler works with. `dispatch` runs a subrequest of a composite."""

    org: Org
    faults: Faults
    ledger: Ledger
    cursors: Cursors
    bulk: BulkDesk
    dispatch: Callable[[Call], Answer]

    def kind(self, name: str) -> ObjectType:
        """This function will find an object that the user may read by its name in a path; ApiError NOT_FOUND."""
        found = self.org.find(name)
        if found is None:
            raise errors.not_found()
        return found

    def asker(self, call: Call) -> Asker:
        """This function will give the call's user as the reader of a result's pages."""
        return Asker(user=call.user, at=self.org.now(), base=call.base)

    def hand(self, call: Call) -> Hand:
        """This function will give the call's user as the writer of rows."""
        wishes = duplicate_options(call.headers)
        return Hand(user=call.user, at=self.org.now(), api=True, duplicates=wishes)

    def render(self, call: Call, kind: ObjectType, row: Row) -> dict[str, object]:
        """This function will give a whole row as the REST resource shows it."""
        link = {"type": kind.name, "url": f"{call.base}/sobjects/{kind.name}/{row[0]}"}
        shown = {one.name: row[one.at] for one in kind.fields if not self.org.hidden(kind, one.name)}
        return {"attributes": link, **shown}

    def note(  # one line of the ledger
        self,
        call: Call,
        operation: str,
        kind: ObjectType,
        record: str | None,
        values: Mapping[str, object],
        outcome: str = "ok",
    ) -> None:
        """This function will put a write into the ledger."""
        self.ledger.write(
            service="salesforce",
            actor=self.username(call.user),
            operation=operation,
            target=kind.name,
            id=record,
            values=values,
            outcome=outcome,
        )

    def username(self, user: str) -> str:
        """This function will give a user's name to log in with."""
        row = self.org.tables["User"].get(user)
        name: Json = None if row is None else row[self.org.schema["User"].places["Username"]]
        return str(name or user)
