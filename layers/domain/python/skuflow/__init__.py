"""Skuflow's domain: one sub-package per context, over a kernel that knows no library."""
