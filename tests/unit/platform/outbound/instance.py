"""One instance of a function, as a process of its own: does what it is told on stdin, line by line, and answers on stdout.

admit               "probe", "leave", or the seconds to wait
settle <verdict>    for the leave it has
advance <seconds>   of its clock
take <n>            tokens, one by one: how many it got
"""

from __future__ import annotations

import sys

from skuflow.kernel.errors import Throttled
from skuflow.platform.outbound.calls import CircuitOpen, Service
from skuflow.platform.outbound.circuits import DynamoCircuits, Permit
from skuflow.platform.outbound.rates import TokenBucket
from skuflow.platform.outbound.state import OutboundItem
from skuflow.platform.table import bind
from tests.doubles import FakeClock

SERVICE = Service("shopify", failures=3, open_for=300)
SHOP = "cli_00000001#one.myshopify.com"
RATE, CAPACITY = 0.001, 20


class Instance:
    def __init__(self, table_name: str) -> None:
        table = bind(OutboundItem, table_name)
        self.clock = FakeClock()
        self.circuits = DynamoCircuits(table, self.clock)
        self.bucket = TokenBucket(table, "shopify", self.clock)
        self.permit = Permit(SERVICE, SHOP)

    def do(self, command: str, argument: str) -> str:
        if command == "admit":
            return self._admit()
        if command == "settle":
            self.circuits.settle(self.permit, argument)  # type: ignore[arg-type]
        if command == "advance":
            self.clock.advance(seconds=float(argument))
        if command == "take":
            return str(sum(self._taken() for _ in range(int(argument))))
        return "done"

    def _admit(self) -> str:
        try:
            self.permit = self.circuits.admit(SERVICE, SHOP, lease_seconds=25)
        except CircuitOpen as refusal:
            return str(refusal.retry_after)
        return "probe" if self.permit.probe else "leave"

    def _taken(self) -> bool:
        try:
            self.bucket.take(SHOP, RATE, CAPACITY)
        except Throttled:
            return False
        return True


if __name__ == "__main__":
    instance = Instance(sys.argv[1])
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        answer = instance.do(command, argument)
        sys.stdout.write(f"= {answer}\n")
        sys.stdout.flush()
