"""What a user is refused for want of a permission, with Salesforce's codes and texts."""

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.saving import Hand
from csops_sync.sandbox.salesforce.schema import ObjectType, Row
from csops_sync.sandbox.salesforce.sharing import EDIT, FULL

_VERBS = {"Create": "inserted", "Edit": "updated", "Delete": "deleted"}


def check_right(org: Org, kind: ObjectType, hand: Hand, right: str) -> None:
    """This function will refuse what nobody may do with an object, or what this user may not."""
    if kind.generated or (hand.api and kind.setup):
        message = f"entity type {kind.name} does not support this operation"
        raise ApiError(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, [])
    org.settle()
    if hand.api and not org.access_of(hand.user).may(kind, right):
        if right == "Create":
            message = f"entity type cannot be {_VERBS[right]}: {kind.label}"
            raise ApiError(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, [])
        raise no_access()


def check_row(org: Org, kind: ObjectType, row: Row, hand: Hand, *, deleting: bool = False) -> None:
    """This function will refuse a write to a row that the user may see but not change, or not delete."""
    if not hand.api:
        return
    needed = FULL if deleting and kind.sharing.startswith("owner:") else EDIT
    if org.access_of(hand.user).level(kind, row) < needed:
        raise no_access()


def check_transfer(org: Org, kind: ObjectType, row: Row, hand: Hand) -> None:
    """This function will refuse a new owner from a user who neither owns the row nor may transfer records."""
    if not hand.api:
        return
    access = org.access_of(hand.user)
    if access.level(kind, row) < FULL and not access.holds("TransferAnyEntity"):
        raise no_access()


def no_access() -> ApiError:
    """This function will say that the user may not do this to the row."""
    return ApiError(400, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])


def no_access_to_reference(field: str) -> ApiError:
    """This function will say that the user does not see the record that a field refers to."""
    message = "insufficient access rights on cross-reference id"
    return ApiError(400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, [field])
