"""How a Slack method refuses: an error word, and what goes with it."""

from collections.abc import Mapping, Sequence


class SlackError(Exception):
    """Becomes `{"ok": false, "error": word}` with HTTP 200.

    `messages` go to `response_metadata.messages`, `extra` beside the word. `retry_after` (seconds) makes it HTTP 429.
    """

    def __init__(
        self,
        word: str,
        *,
        messages: Sequence[str] = (),
        extra: Mapping[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(word)
        self.word, self.messages, self.retry_after = word, tuple(messages), retry_after
        self.extra = dict(extra or {})

    def payload(self) -> dict[str, object]:
        """The JSON body of the answer."""
        body: dict[str, object] = {"ok": False, "error": self.word, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


def bad_argument(message: str) -> SlackError:
    """This function will make the error for an argument that is missing, unknown or of the wrong kind."""
    return SlackError("invalid_arguments", messages=[f"[ERROR] {message}"])
