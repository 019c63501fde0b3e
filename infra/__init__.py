"""The building: the CDK app, one stack per context, one file per function."""

import os

# Node 20 is what we ask for at least. It works, and jsii's banner about its age would drown our own messages.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
