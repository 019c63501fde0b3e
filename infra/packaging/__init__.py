"""What is uploaded: one package per function, one domain layer per context, a few layers of third-party code.

Needs no Docker: wheels are fetched for Lambda's platform by the pinned requirements, sources are copied, and everything is
zipped with fixed times and order, so the same input gives the same bytes. Imports no CDK: the local stage and the tests use
it on their own.
"""
