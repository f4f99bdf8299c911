"""The SOAP endpoints, of which `login()` alone is asked for by clients of today: refused, as a new org does.

Source: SOAP API guide, "login()": disabled by default in new orgs up to version 64, gone from 65 on, versions up to
30 retired. Everything else that SOAP has, the sandbox has not, and says so in the words of a wrong WSDL.
"""

import re
from xml.sax.saxutils import escape

FIRST_VERSION, LAST_LOGIN_VERSION = 31, 64
_PATH = re.compile(r"/services/Soap/([cu])/(\d{1,2}\.\d)(/.*)?", re.IGNORECASE)
_OPERATION = re.compile(r"<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)")
_NAMES = {"c": "enterprise", "u": "partner"}
_NO_LOGIN = (
    "SOAP API login() is disabled by default in this org."
    " Contact the org administrator to enable SOAP API login()."
)
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:sf="urn:fault.{name}.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body><soapenv:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>{detail}"
    "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)
_DETAIL = (
    '<detail><sf:UnexpectedErrorFault xsi:type="sf:UnexpectedErrorFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
    "<sf:exceptionMessage>{text}</sf:exceptionMessage></sf:UnexpectedErrorFault></detail>"
)


def fault(path: str, body: bytes) -> str:
    """This function will give the fault (HTTP 500, text/xml) that answers a SOAP call."""
    found = _PATH.fullmatch(path)
    kind, version = (found[1].lower(), float(found[2])) if found else ("u", 0.0)
    if version < FIRST_VERSION:
        return _api_fault(kind, "UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    asked = _OPERATION.search(body.decode("utf-8", "replace"))
    operation = asked[1] if asked else ""
    if operation == "login" and version <= LAST_LOGIN_VERSION:
        return _api_fault(kind, "INVALID_OPERATION", _NO_LOGIN)
    name = f"{{urn:{_NAMES[kind]}.soap.sforce.com}}{operation}"
    text = f"No operation available for request {name}, please check the WSDL for the service."
    return _ENVELOPE.format(name=_NAMES[kind], code="soapenv:Client", text=escape(text), detail="")


def _api_fault(kind: str, code: str, text: str) -> str:
    detail = _DETAIL.format(code=code, text=escape(text))
    return _ENVELOPE.format(
        name=_NAMES[kind], code=f"sf:{code}", text=escape(f"{code}: {text}"), detail=detail
    )
