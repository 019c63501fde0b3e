"""Reading an uploaded catalogue file: bytes in, products and rejected rows out. No storage, no network, no clock.

`inspect` looks at the whole file once and decides before anything is written: it raises `UploadRefused` or `MappingNeeded`,
or returns the `ReadingPlan`. `read_chunks` reads on from any `Checkpoint`; the same file, plan and start always give the same
chunks, so that a crashed or timed-out run can be repeated. Memory is bounded by the limits, not by the file.
"""

from skuflow.sync.reading.columns import MAPPABLE_FIELDS
from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.outcome import Chunk, RowReject
from skuflow.sync.reading.plan import ReadingPlan, Suggestion
from skuflow.sync.reading.reading import first_checkpoint, read_chunks, rows_at
from skuflow.sync.reading.refusal import MappingNeeded, UploadRefused
from skuflow.sync.reading.source import ByteSource, Checkpoint, Limits
from skuflow.sync.reading.suggestion import suggest_mapping
from skuflow.sync.reading.values.text import neutralise

__all__ = [
    "MAPPABLE_FIELDS",
    "ByteSource",
    "Checkpoint",
    "Chunk",
    "Limits",
    "MappingNeeded",
    "ReadingPlan",
    "RowReject",
    "Suggestion",
    "UploadRefused",
    "first_checkpoint",
    "inspect",
    "neutralise",
    "read_chunks",
    "rows_at",
    "suggest_mapping",
]
