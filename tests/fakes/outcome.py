"""What a run left behind, by the sandbox's own account and never by our tables: to be held against another run.

Two runs may give a record another id and another second; everything else that a person would see must agree.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.sandbox import Record, SandboxProcess

Content = Mapping[str, object]

_OF_THE_RUN = frozenset(
    {
        "Id",
        "CreatedDate",
        "LastModifiedDate",
        "SystemModstamp",
        "LastStageChangeDate",
        "CompletedDateTime",
    }
)
_POST = "chat.postMessage"
_CREATED_BY_US = {"service": "salesforce", "operation": "create", "target": "Opportunity", "outcome": "ok"}


@dataclass(frozen=True)
class Outcome:
    """One run's end.

    `opportunities` are by renewal key (people's own by id), `posts` what stands in Slack by message key, `tasks`
    what was logged by its key. `created`, `logged` and `told` count, over the whole run and from the ledger, what was
    inserted per key and per (contract, renewal date), Tasks per opportunity and subject, and how often each event was
    posted, alone or in a group. `removed` are messages that were taken back.
    """

    opportunities: Mapping[str, Content]
    posts: Mapping[str, Content]
    tasks: Mapping[str, Content]
    created: Counter[str]
    logged: Counter[str]
    told: Counter[str]
    removed: int

    def doubled(self) -> list[str]:
        """Whatever was made or told more than once, in words."""
        made = [f"{what} was inserted {times} times" for what, times in self.created.items() if times > 1]
        logged = [f"{what} was logged {times} times" for what, times in self.logged.items() if times > 1]
        told = [f"{event} was told {times} times" for event, times in self.told.items() if times > 1]
        taken_back = [f"{self.removed} messages were posted and removed"] if self.removed else []
        return [*made, *logged, *told, *taken_back]

    def differences(self, other: "Outcome", *, apart_from: Collection[str] = ()) -> list[str]:
        """Whatever the other run has not, or has otherwise, in words; some fields of opportunities may be left out."""
        return [
            *_unlike(
                "opportunity",
                _without(self.opportunities, apart_from),
                _without(other.opportunities, apart_from),
            ),
            *_unlike("message", self.posts, other.posts),
            *_unlike("task", self.tasks, other.tasks),
            *_unlike("inserted", self.created, other.created),
            *_unlike("logged", self.logged, other.logged),
            *_unlike("told", self.told, other.told),
        ]


def read_outcome(sandbox: SandboxProcess) -> Outcome:
    """This function will read what stands in the sandbox now, and what its ledger says was asked for."""
    opportunities = sandbox.records("Opportunity")
    messages = sandbox.messages()
    writes = sandbox.ledger()["writes"]
    tasks = sandbox.records("Task")
    names = {str(one["Id"]): str(one["Renewal_Key__c"]) for one in opportunities if one["Renewal_Key__c"]}
    cards = {_place(one, "ts"): _key_of(one) for one in messages if one["metadata"]}
    links = {_link(one): _payload(one["values"]["metadata"])["key"] for one in writes if _is_post(one)}
    return Outcome(
        opportunities={names.get(str(one["Id"]), str(one["Id"])): _kept(one) for one in opportunities},
        posts={_key_of(one): _shown(one, {**names, **links}, cards) for one in messages if one["metadata"]},
        tasks={str(one["Renewal_Task_Key__c"]): _kept(one) for one in tasks},
        created=Counter(
            name for line in writes if _CREATED_BY_US.items() <= line.items() for name in _made(line)
        ),
        logged=Counter(f"{one['Subject']} about {one['WhatId']}" for one in tasks),
        told=Counter(
            event for line in writes if _is_post(line) for event in _events(line["values"]["metadata"])
        ),
        removed=sum(1 for line in writes if line["operation"] == "chat.delete" and line["outcome"] == "ok"),
    )


def _made(line: Record) -> Iterator[str]:
    values = line["values"]
    yield str(values["Renewal_Key__c"])
    yield f"{values['ContractId']} to be renewed on {values['Renewal_Date__c']}"


def _is_post(line: Record) -> bool:
    return bool(line["operation"] == _POST and line["outcome"] == "ok")


def _link(post: Record) -> str:
    """Give how every link to a message ends."""
    return f"{post['target']}/p{str(post['id']).replace('.', '')}"


def _payload(metadata: object) -> Record:
    given: Any = json.loads(metadata) if isinstance(metadata, str) else metadata
    return dict(given["event_payload"])


def _events(metadata: object) -> list[str]:
    payload = _payload(metadata)
    return list(payload.get("covers") or [payload["key"]])


def _key_of(message: Record) -> str:
    return str(message["metadata"]["event_payload"]["key"])


def _kept(record: Record) -> Content:
    return {name: value for name, value in record.items() if name not in _OF_THE_RUN}


def _place(message: Record, stamp: str) -> tuple[str, str]:
    """Give where a message stands, or its thread: stamps are unique in a channel, and no further."""
    return str(message["channel"]), str(message[stamp])


def _shown(message: Record, names: Mapping[str, str], cards: Mapping[tuple[str, str], str]) -> Content:
    """Give a message as people see it, its links by key (`names`): ids and stamps are given out in another order."""
    payload = message["metadata"]["event_payload"]
    kept = {name: message[name] for name in ("channel", "text", "blocks", "reactions")}
    kept["under"] = cards.get(_place(message, "thread_ts"), message["thread_ts"])
    kept["tells"] = sorted(payload.get("covers") or [payload["key"]])
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    for record, name in names.items():
        text = text.replace(record, name)
    return dict(json.loads(text))


def _without(records: Mapping[str, Content], names: Collection[str]) -> Mapping[str, Content]:
    return {key: {k: v for k, v in record.items() if k not in names} for key, record in records.items()}


def _unlike(what: str, ours: Mapping[str, object], theirs: Mapping[str, object]) -> Iterator[str]:
    for key in sorted({*ours, *theirs}):
        if ours.get(key) != theirs.get(key):
            yield f"{what} {key}: {_briefly(ours.get(key), theirs.get(key))}"


def _briefly(ours: object, theirs: object) -> str:
    """Say only what differs of two records, and of anything else all of it."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return f"{ours} instead of {theirs}"
    unlike = [name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)]
    return "; ".join(f"{name} {ours.get(name)!r} instead of {theirs.get(name)!r}" for name in sorted(unlike))
