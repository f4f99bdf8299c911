"""One Slack workspace behind one bot token: the client, and what is remembered of the workspace."""

from datetime import date
from zoneinfo import ZoneInfo

from csops_sync.adapters.slack.channels import Channels
from csops_sync.adapters.slack.connection import ClientFactory, SlackOptions, make_client
from csops_sync.adapters.slack.history import History
from csops_sync.adapters.slack.people import People
from csops_sync.adapters.slack.texts import texts_for
from csops_sync.ports.clock import Clock


class Workspace:
    """What messages and cards have in common, so that everybody is looked up once and reported once.

    Not shared between threads that post at the same time. Raises ValueError for a token or an address that cannot be
    used, and for a locale without texts.
    """

    def __init__(
        self, options: SlackOptions, *, clock: Clock, client_factory: ClientFactory = make_client
    ) -> None:
        self.options = options
        self.clock = clock
        self.client = client_factory(options)
        self.texts = texts_for(options.locale)
        self.channels = Channels(self.client, options=options, clock=clock)
        self.people = People(self.client, options=options, clock=clock, texts=self.texts)
        self.history = History(self.client, self.channels, clock=clock)
        self._zone = ZoneInfo(options.timezone)

    def today(self) -> date:
        """This function will give the org's business date."""
        return self.clock.now().astimezone(self._zone).date()
