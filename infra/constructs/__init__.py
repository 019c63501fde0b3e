"""The parts that every stack is built from. They carry the rules that hold everywhere, so that no stack can forget one."""
