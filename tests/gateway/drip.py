# drip.py PORT TARGET: carries connections to TARGET; what comes back comes two bytes a second, for ever.
import socket, sys, threading, time

port, target = map(int, sys.argv[1:])


def back(there, here):
    while data := there.recv(65536):
        for byte in data:
            time.sleep(0.5)
            here.sendall(bytes([byte]))


def forth(here, there):
    while data := here.recv(65536):
        there.sendall(data)


server = socket.create_server(("127.0.0.1", port))
while True:
    here, _ = server.accept()
    there = socket.create_connection(("127.0.0.1", target))
    for carry, ends in ((back, (there, here)), (forth, (here, there))):
        threading.Thread(target=carry, args=ends, daemon=True).start()
