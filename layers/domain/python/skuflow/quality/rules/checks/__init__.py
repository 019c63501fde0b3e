"""Checks: each looks at the values of one field of one subject and says what is wrong, or nothing."""
