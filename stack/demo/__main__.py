"""`python -m stack.demo --port N --state DIR` serves the demonstration's remote portal until it is stopped."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from stack.demo.server import DemoServer


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(prog="python -m stack.demo", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    parser.add_argument("--state", type=Path, required=True, help="folder that remembers visits")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = DemoServer(options.port, options.state)
    print(f"The demonstration's remote portal listens on {server.address}.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
