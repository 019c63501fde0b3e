"""Invoices, their numbers and what becomes of them: payments, credit notes, coupons, customers' credit."""
