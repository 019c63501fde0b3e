"""Why a whole file is turned away, or waits for a person."""

from __future__ import annotations

from skuflow.kernel.errors import PermanentError
from skuflow.sync.reading.plan import Suggestion


class UploadRefused(PermanentError):
    """Nothing of the file was taken. `detail` says what is wrong and where, `remedy` what to do about it.

    `code` is one of: empty, too_large, compressed, not_text, not_csv, not_delimited, bad_encoding, truncated,
    too_many_columns, duplicate_headers, missing_columns, no_rows, too_many_rows.
    """

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.code = code
        self.remedy = remedy


class MappingNeeded(PermanentError):
    """The columns are in none of the known formats and the guess is not good enough to act on without a person."""

    code = "mapping_needed"

    def __init__(self, suggestion: Suggestion) -> None:
        missing = ", ".join(suggestion.missing)
        super().__init__(
            f"no column was recognised for: {missing}" if missing else "the suggested columns wait to be confirmed"
        )
        self.suggestion = suggestion
