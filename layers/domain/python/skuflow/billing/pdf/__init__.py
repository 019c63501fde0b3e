"""Invoices and credit notes as documents: what stands on them (`…_document`: pure), and how it is drawn."""
