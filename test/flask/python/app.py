"""Flask applications in one process: each on a port of its own, all with the same routes.

A question is {"start": <configuration>}, whose answer is the port, or {"stop": <port>}.
"""

import logging
import threading
import warnings

from werkzeug.serving import make_server

from application import make_application
from lines import converse

# Flask-Session warns of nearly every setting.
warnings.simplefilter("ignore")
logging.getLogger("werkzeug").setLevel(logging.ERROR)

servers = {}


def answer(question):
    if "stop" in question:
        server = servers.pop(question["stop"])
        server.shutdown()
        server.server_close()
        return None
    server = make_server("127.0.0.1", 0, make_application(question["start"]), threaded=True)
    servers[server.port] = server
    # Until it is told to stop, or this process ends. The time is how often it looks for that.
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    return server.port


converse(answer)
