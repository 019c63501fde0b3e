"""Reading an uploaded catalogue file: bytes in, products and rejected rows out. No storage, no network, no clock.

`inspect` looks at the whole file once and decides before anything is written: it raises `UploadRefused` or `MappingNeeded`,
or returns the `ReadingPlan`. `read_chunks` reads on from any `Checkpoint`; the same file, plan and start always give the same
chunks, so that a crashed or timed-out run can be repeated. Memory is bounded by the limits, not by the file.

Its doors: `inspection.inspect`, `suggestion.suggest_mapping`, `reading.read_chunks`, `reading.rows_at`; the records are in `plan`,
`source`, `outcome` and `refusal`. Import them from there: a function that only shows a plan must not load the readers.
"""
