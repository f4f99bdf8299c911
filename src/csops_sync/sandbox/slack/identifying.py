"""The ids of blocks and elements: Slack gives one to each that comes without."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.slack.model import Json


@dataclass(frozen=True, slots=True)
class Control:
    """An interactive element and the block that it stands in."""

    block_id: str
    action_id: str
    element: Mapping[str, Json]


def identified(blocks: Sequence[Mapping[str, Json]], seed: str) -> list[dict[str, Json]]:
    """This function will give blocks and their elements the ids that they lack; the same `seed` gives the same ids."""
    return [_block(dict(block), f"{seed}{place}") for place, block in enumerate(blocks)]


def controls(blocks: Sequence[Mapping[str, Json]]) -> Iterator[Control]:
    """This function will give the elements that a person can use, of blocks that have been `identified`."""
    for block in blocks:
        found = [block.get("accessory"), block.get("element")]
        elements = block.get("elements")
        found += elements if block.get("type") == "actions" and isinstance(elements, list) else []
        for element in found:
            if isinstance(element, dict) and "action_id" in element:
                yield Control(str(block["block_id"]), str(element["action_id"]), element)


def _block(block: dict[str, Json], seed: str) -> dict[str, Json]:
    block = {"block_id": f"b{seed}", **block}
    for key in ("accessory", "element"):
        if key in block:
            block[key] = _element(block[key], f"{seed}{key[0]}")
    elements = block.get("elements")
    if block.get("type") == "actions" and isinstance(elements, list):
        block["elements"] = [_element(one, f"{seed}{place}") for place, one in enumerate(elements)]
    return block


def _element(element: Json, seed: str) -> Json:
    if not isinstance(element, dict) or element.get("type") == "image":
        return element
    return {"action_id": f"a{seed}", **element}
