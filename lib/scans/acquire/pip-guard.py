"""Runs pip so that what a package names (direct references, redirects) reaches public addresses and the index only.

Usage: python3 -I pip-guard.py LIMITS ARGUMENTS..., where LIMITS is JSON {hosts, memoryBytes, fileBytes}.
"""
import ipaddress
import json
import os
import resource
import runpy
import socket
import sys

limits = json.loads(sys.argv[1])
hosts = {host.lower() for host in limits["hosts"]}
# Addresses of the hosts that the administrator configured; they may be private.
named = set()

os.umask(0o022)
resource.setrlimit(resource.RLIMIT_DATA, (limits["memoryBytes"], limits["memoryBytes"]))
resource.setrlimit(resource.RLIMIT_FSIZE, (limits["fileBytes"], limits["fileBytes"]))


def is_public(address):
    try:
        parsed = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return parsed.is_global and not parsed.is_multicast


def refuse(what):
    raise OSError("hallmark: %s is not a public address" % what)


look_up = socket.getaddrinfo


def getaddrinfo(host, *args, **kwargs):
    found = look_up(host, *args, **kwargs)
    name = (host.decode() if isinstance(host, bytes) else str(host)).lower().rstrip(".")
    addresses = [entry[4][0] for entry in found]
    if name in hosts:
        named.update(addresses)
    elif not all(is_public(address) for address in addresses):
        refuse(name)
    return found


def checked(connect):
    def inner(self, address):
        if not isinstance(address, tuple) or not (address[0] in named or is_public(address[0])):
            refuse(address)
        return connect(self, address)

    return inner


socket.getaddrinfo = getaddrinfo
socket.socket.connect = checked(socket.socket.connect)
socket.socket.connect_ex = checked(socket.socket.connect_ex)

sys.argv = ["pip", *sys.argv[2:]]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
