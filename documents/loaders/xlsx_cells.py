"""Write the value of a spreadsheet's cell as its reader sees it, as far as the file tells.

Thousands separators and the order of a date depend on the reader's computer, so numbers are
plain and dates are in ISO form; a percentage is one, because 0.145 is not what is shown.
"""

import re
from datetime import datetime, time
from decimal import Decimal
from typing import Any

_DECIMALS = re.compile(r"0\.(0+)")
_QUOTED = re.compile(r'"[^"]*"|\\.')
_SIGNIFICANT = 15  # digits; a spreadsheet computes with no more


def shown(cell: Any) -> str:  # noqa: ANN401 - openpyxl's cells are untyped
    """Return the text of `cell`; an error value and an empty cell have none."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return str(value).strip()


def _number(value: float, number_format: str) -> str:
    pattern = _QUOTED.sub("", number_format)
    if "%" not in pattern:
        return _plain(value)
    decimals = _DECIMALS.search(pattern)
    return f"{value * 100:.{len(decimals[1]) if decimals else 0}f}%"


def _plain(value: float) -> str:
    """Return `value` without an exponent and without the noise of binary fractions."""
    if isinstance(value, int):
        return str(value)
    return f"{Decimal(f'{value:.{_SIGNIFICANT}g}').normalize():f}"
