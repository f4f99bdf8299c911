"""How the sandbox takes a request's body, and what it says of resources that it has not."""

import gzip
import json
import zlib
from collections.abc import Iterator

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest, error_of

BODY = json.dumps({"Name": "packed"}).encode()


@pytest.fixture(scope="module")
def rest() -> Iterator[Rest]:
    with SandboxHere.start(org="none") as here:
        yield Rest(here)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("GZIP", gzip.compress(BODY, mtime=0)),
        ("deflate", zlib.compress(BODY)),
        ("identity", BODY),
    ],
)
def test_a_body_may_come_packed(rest: Rest, encoding: str, body: bytes) -> None:
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json; charset=UTF-8"}
    assert rest.call("POST", "/sobjects/Account", data=body, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("encoding", "body", "refusal"),
    [
        ("gzip", BODY, (400, "INVALID_INPUT")),
        ("deflate", b"", (400, "INVALID_INPUT")),
        ("br", BODY, (415, "UNSUPPORTED_MEDIA_TYPE")),
    ],
)
def test_a_body_that_is_not_packed_as_it_says_is_refused(
    rest: Rest, encoding: str, body: bytes, refusal: tuple[int, str]
) -> None:
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    assert error_of(rest.call("POST", "/sobjects/Account", data=body, headers=headers)) == refusal


@pytest.mark.parametrize("kind", ["application/xml", "text/csv", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_kind_is_refused(rest: Rest, kind: str) -> None:
    refused = rest.call("POST", "/sobjects/Account", data=BODY, headers={"Content-Type": kind})
    assert error_of(refused) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "path", ["/search?q=FIND+x", "/recent", "/tabs", "/tooling/query", "/UI-API/records/x"]
)
def test_a_resource_that_the_sandbox_has_not_is_refused_with_its_name(rest: Rest, path: str) -> None:
    refused = rest.call("GET", path)
    assert error_of(refused) == (404, "NOT_FOUND")
    assert "the sandbox has no" in refused.json()[0]["message"]


def test_a_post_may_stand_for_another_method(rest: Rest) -> None:
    record = rest.create("Account", Name="a")
    path = f"/sobjects/Account/{record}"
    assert rest.call("POST", f"{path}?_HttpMethod=PATCH", json={"Phone": "1"}).status_code == 204
    assert rest.read("Account", record)["Phone"] == "1"
    assert error_of(rest.call("GET", f"{path}?_HttpMethod=DELETE")) == (400, "INVALID_PARAMETER")
    assert error_of(rest.call("POST", f"{path}?_HttpMethod=MOVE", json={})) == (405, "METHOD_NOT_ALLOWED")


def test_what_no_org_has_is_simply_not_there(rest: Rest) -> None:
    assert rest.call("GET", "/nonsense").json()[0]["message"] == "The requested resource does not exist"
