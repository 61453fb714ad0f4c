"""Dates of sitemaps and feeds: ISO 8601 as the W3C profiles it, and that of e-mails in RSS."""

from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

from documents.dates import parse_date

_LONGEST = 100


def moment_of(written: str | None) -> datetime | None:
    """Return the moment that `written` tells, in UTC; of a mere day, its end. None if unclear."""
    written = (written or "").strip()[:_LONGEST]
    if not written:
        return None
    try:
        if len(written) == len("2025-07-26"):
            return datetime.combine(date.fromisoformat(written), time.max, UTC)
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            moment = parsedate_to_datetime(written)
        except (ValueError, IndexError, TypeError):
            return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def day_of(written: str | None) -> date | None:
    """Return the day that `written` names where it was written; None if unclear.

    Not that in UTC: what appeared at midnight in Paris is dated as Paris dates it.
    """
    written = (written or "").strip()[:_LONGEST]
    try:
        return parsedate_to_datetime(written).date()
    except (ValueError, IndexError, TypeError):
        return parse_date(written)
