"""Refusals of a query, with the place in its text, as Salesforce words them."""

from csops_sync.sandbox.salesforce.errors import ApiError

_WINDOW = 30


def refuse(text: str, at: int, code: str, message: str) -> ApiError:
    """This function will make an error that shows the place in the query, as Salesforce does."""
    row, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
    start = max(0, at - _WINDOW)
    shown = text[start : at + _WINDOW].replace("\n", " ")
    place = f"\n{shown}\n{' ' * (at - start)}^\nERROR at Row:{row}:Column:{column}\n"
    return ApiError(400, code, place + message)


def malformed(text: str, at: int, message: str) -> ApiError:
    """This function will make a MALFORMED_QUERY."""
    return refuse(text, at, "MALFORMED_QUERY", message)


def invalid_field(text: str, at: int, message: str) -> ApiError:
    """This function will make an INVALID_FIELD."""
    return refuse(text, at, "INVALID_FIELD", message)


def invalid_operator(text: str, at: int, message: str) -> ApiError:
    """This function will make an INVALID_QUERY_FILTER_OPERATOR."""
    return refuse(text, at, "INVALID_QUERY_FILTER_OPERATOR", message)
