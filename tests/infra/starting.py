"""Starts one function the way Lambda does, in an interpreter that sees its package and layers and nothing else.

Run as a script, with JSON on standard input: {"path": [directories], "handler": "module"}. Prints, as JSON, the modules that
came from anywhere but those directories and the standard library. No test imports this file: it runs without our packages.
"""

import importlib
import json
import sys
import sysconfig

asked = json.load(sys.stdin)
standard = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
sys.path[:0] = asked["path"]
module = importlib.import_module(asked["handler"])
if not callable(module.lambda_handler):
    sys.exit(f"{asked['handler']} has no lambda_handler")
ours, pythons = tuple(f"{place}/" for place in asked["path"]), tuple(f"{place}/" for place in standard)


def is_stranger(file: str) -> bool:
    return not file.startswith(ours) and ("/site-packages/" in file or not file.startswith(pythons))


files = {name: getattr(loaded, "__file__", None) for name, loaded in sys.modules.items() if name != "__main__"}
json.dump({name: file for name, file in files.items() if file and is_stranger(file)}, sys.stdout)
