"""Serves the application on a free port, which it prints, until its standard input ends."""

import logging
import signal
import sys
import threading

from werkzeug.serving import make_server

from app import app

# Ctrl-C is for who started this, and who then closes our input.
signal.signal(signal.SIGINT, signal.SIG_IGN)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, app, threaded=True)
threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
print(server.port, flush=True)
sys.stdin.read()
server.shutdown()
