"""Python loads this at start: a program under test must not reach any host but this one."""
import socket

_connect = socket.socket.connect


def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
        raise OSError(f"a test tried to connect to {address}")
    return _connect(self, address)


socket.socket.connect = connect


def getaddrinfo(host, *args, _lookup=socket.getaddrinfo, **kwargs):
    if host not in ("127.0.0.1", "localhost", "::1", None):
        raise socket.gaierror(f"a test tried to look up {host}")
    return _lookup(host, *args, **kwargs)


socket.getaddrinfo = getaddrinfo
