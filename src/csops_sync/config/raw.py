"""Reading values that no model has checked yet: whatever is not as expected is simply not there."""

from csops_sync.config.source import Plain


def at(value: Plain, *path: str) -> Plain:
    """This function will give what stands under these keys, None where one of them is missing."""
    for part in path:
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def items(value: Plain) -> list[tuple[int, Plain]]:
    """This function will give the items of a list with their places, none where it is no list."""
    return list(enumerate(value)) if isinstance(value, list) else []


def listed(value: Plain) -> list[Plain]:
    """This function will give a list's items, or a single value as the only one."""
    return value if isinstance(value, list) else [value]
