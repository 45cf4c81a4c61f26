"""Takes connections and closes them at once: a broker that is away.

Prints its port, then a line for each connection that came.
"""

import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    while True:
        connection, _ = server.accept()
        connection.close()
        print("came", flush=True)
