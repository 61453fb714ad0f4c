"""What stops a training, told in one line with the remedy."""

import sys
from collections.abc import Callable

from index.errors import EncoderUnavailable


class TrainingError(Exception):
    """The text, the folders or what is left of an earlier run do not allow to train."""


def command(main: Callable[[], None]) -> None:
    """Run the `main` of a command; of what stops it only the message is shown."""
    try:
        main()
    except (TrainingError, EncoderUnavailable) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on from the last checkpoint.")
