"""Calls to the REST API by simple-salesforce, with what it lacks: our login, errors, exact JSON, retries.

It runs in its direct mode (session id and instance given), because its own refresh drops the caller's
headers, may recurse without end and never updates its base URL.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import orjson
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from csops_sync.adapters.salesforce.answers import JsonValue, parse
from csops_sync.adapters.salesforce.budget import ApiBudget
from csops_sync.adapters.salesforce.composite import SubAnswer, Subrequest, envelope, open_envelope
from csops_sync.adapters.salesforce.errors import (
    Failure,
    RefusedError,
    Verdict,
    as_read_error,
    as_write_error,
    judge,
)
from csops_sync.adapters.salesforce.oauth import OAuth, Token
from csops_sync.adapters.salesforce.retry import ReadRetry
from csops_sync.adapters.salesforce.transport import AnswerTooLargeError, never_sent
from csops_sync.ports.errors import OutsideError, TransientError

_OK: Final = 200
_USER_INFO: Final = "/services/oauth2/userinfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP call. `path` is below `/services/data/vNN.0/`, or absolute (a `nextRecordsUrl`)."""

    path: str
    method: str = "GET"
    params: Mapping[str, str] | None = None
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class _FastSalesforce(Salesforce):
    """simple-salesforce with a faster parser; the name is its own hook."""

    def parse_result_to_json(self, result: requests.Response) -> JsonValue:
        """This function will parse an answer by orjson; its caller takes the length of what it gets."""
        value = parse(result.content)
        return value if isinstance(value, dict | list) else {}


class Client:
    """Sends calls. Reads are repeated while they may pass, writes only after a 401, which did nothing."""

    def __init__(
        self,
        *,
        oauth: OAuth,
        session: requests.Session,
        api_version: str,
        budget: ApiBudget,
        retry: ReadRetry,
        require: Callable[[], None] | None = None,
    ) -> None:
        """This function will build a client; `require` is asked before every read, by default for the reads' share."""
        self._oauth = oauth
        self._session = session
        self._version = api_version
        self._budget = budget
        self._retry = retry
        self._require = require or budget.require_read

    def around_writes(self, *, begins: bool = False) -> "Client":
        """This function will give the same client for the reads without which nothing can be written.

        They may use the reserve for writes. `begins`: for the first read of a batch, which leaves room for the rest.
        """
        return Client(
            oauth=self._oauth,
            session=self._session,
            api_version=self._version,
            budget=self._budget,
            retry=self._retry,
            require=self._budget.require_batch if begins else self._budget.require_write,
        )

    @property
    def root(self) -> str:
        """The path below which all resources are, for subrequests: `/services/data/v66.0`."""
        return f"/services/data/v{self._version}"

    @property
    def version(self) -> str:
        """The pinned API version, such as `66.0`."""
        return self._version

    @property
    def instance_url(self) -> str:
        """Where the org lives now, by the last login."""
        return self._oauth.token().instance_url

    def read(self, call: Call) -> JsonValue:
        """This function will read, with up to two repeats; raises what `CrmReader` promises."""
        return self._retry(lambda: self._read_once(call))

    def read_together(
        self, subrequests: Sequence[Subrequest], *, optional: frozenset[str] = frozenset()
    ) -> Mapping[str, SubAnswer]:
        """This function will read several things in one call, all or none.

        A failed part fails the whole, but for the `optional` ones that are refused for good: those come
        back as failures.
        """
        return self._retry(lambda: self._together_once(subrequests, optional))

    def write(self, call: Call) -> JsonValue:
        """This function will write once.

        Raises TransientError where nothing was done, UnknownOutcomeError where nobody knows, PermanentError
        where the call as a whole was refused, AuthFailedError, BudgetExceededError.
        """
        self._budget.require_write()
        try:
            return self._send(call)
        except RefusedError as refused:
            raise as_write_error(refused.failure) from None

    def user_info(self) -> JsonValue:
        """This function will read who is logged in, from `/services/oauth2/userinfo`."""
        return self._retry(self._user_info_once)

    def versions(self) -> JsonValue:
        """This function will read the API versions that the org offers; free, and by no login of its own."""
        return self._retry(self._versions_once)

    def _read_once(self, call: Call) -> JsonValue:
        self._require()
        try:
            return self._send(call)
        except RefusedError as refused:
            raise as_read_error(refused.failure) from None

    def _together_once(
        self, subrequests: Sequence[Subrequest], optional: frozenset[str]
    ) -> Mapping[str, SubAnswer]:
        call = Call(path="composite", method="POST", body=envelope(subrequests))
        answers = open_envelope(self._read_once(call), subrequests)
        for reference, answer in answers.items():
            if answer.failure and not (reference in optional and _is_final(answer.failure)):
                raise _part_error(answer.failure)
        return answers

    def _user_info_once(self) -> JsonValue:
        try:
            return self._send(Call(path=_USER_INFO))
        except RefusedError as refused:
            raise as_read_error(refused.failure) from None

    def _versions_once(self) -> JsonValue:
        url = self._oauth.token().instance_url + "/services/data"
        try:
            response = self._session.get(url)
            if response.status_code == _OK:
                return parse(response.content)
        except (requests.RequestException, ValueError) as error:
            raise TransientError(
                f"Salesforce did not list its API versions ({type(error).__name__})."
            ) from error
        raise as_read_error(judge(status=response.status_code, body=response.text))

    def _send(self, call: Call) -> JsonValue:
        token = self._oauth.token()
        try:
            return self._send_as(call, token)
        except RefusedError as refused:
            if refused.failure.verdict is not Verdict.AUTH:
                raise
        try:
            return self._send_as(call, self._oauth.renew(token))
        except RefusedError as refused:
            if refused.failure.verdict is not Verdict.AUTH:
                raise
            words = refused.failure.words()
        raise self._oauth.refuse(
            f"Salesforce logs us in, but refuses the new session ({words}). To do: allow API access for the "
            "integration user, and check its login IP ranges and the session policies of the app."
        )

    def _send_as(self, call: Call, token: Token) -> JsonValue:
        salesforce = _FastSalesforce(
            session_id=token.value,
            instance_url=token.instance_url,
            version=self._version,
            session=self._session,
        )
        try:
            return _dispatch(salesforce, call)
        except SalesforceError as error:
            raise RefusedError(judge(status=int(error.status), body=error.content)) from None
        except requests.RequestException as error:
            raise RefusedError(_lost(error)) from error
        except ValueError as error:
            raise RefusedError(_failure(Verdict.UNCERTAIN, "the answer was not JSON", status=_OK)) from error


def encoded(body: object) -> bytes:
    """This function will write JSON with Decimals as exact numbers."""
    return orjson.dumps(body, default=_exact)


def _dispatch(salesforce: Salesforce, call: Call) -> JsonValue:
    answer: JsonValue
    if call.path == _USER_INFO:
        answer = salesforce.oauth2("userinfo")
    elif call.path.startswith("/"):
        answer = salesforce.query_more(call.path, identifier_is_url=True)
    else:
        data = None if call.body is None else encoded(call.body)
        answer = salesforce.restful(
            call.path,
            params=dict(call.params) if call.params else None,
            method=call.method,
            headers=dict(call.headers),
            data=data,
        )
    return answer


def _exact(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} cannot be sent to Salesforce.")


def _is_final(failure: Failure) -> bool:
    return failure.verdict in {Verdict.PERMANENT, Verdict.CONFLICT, Verdict.EXISTS}


def _part_error(failure: Failure) -> OutsideError:
    if failure.verdict is Verdict.AUTH:  # the session ended within the call: the next one logs in again
        return TransientError(failure.words(), code=failure.code)
    return as_read_error(failure)


def _lost(error: requests.RequestException) -> Failure:
    if isinstance(error, AnswerTooLargeError):
        return _failure(Verdict.PERMANENT, f"{error} Map fewer fields.")
    if never_sent(error):
        return _failure(Verdict.TRANSIENT, "the connection could not be opened")
    return _failure(
        Verdict.UNCERTAIN, f"the connection was lost before the answer came ({type(error).__name__})"
    )


def _failure(verdict: Verdict, message: str, *, status: int = 0) -> Failure:
    return Failure(verdict=verdict, status=status, code="CONNECTION", message=message)
