"""What a person asked for and does not get, with the reason and what to do instead."""


class RefusedError(Exception):
    """An order is not carried out, or a question has no answer; the text is for the person who asked.

    A `Sentence` as the text lets an interface say it in its reader's language.
    """
