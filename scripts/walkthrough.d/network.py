"""Where the walk-through takes place: four network namespaces that root makes, or loopback for everybody else.

Each node has a card on the iSCSI network and one on the heartbeat network, the storage box one on the iSCSI network;
the switch between them is a namespace of its own. A line is as fast as the token buckets at the senders' cards say.
"""
import os
import signal
import socket
import subprocess

STORAGE, SWITCH = "storage", "switch"
NODES = ("hv-node1", "hv-node2")
ISCSI = {STORAGE: "192.168.10.1", "hv-node1": "192.168.10.11", "hv-node2": "192.168.10.12"}
HEARTBEAT = {"hv-node1": "192.168.20.11", "hv-node2": "192.168.20.12"}
HEARTBEAT_PORT = 3343
MTU_MAX = 9000
ETHERNET_BYTES = 14  # the header, which the kernel counts
LINE_BYTES = 38  # header, check sequence, preamble and gap, which a line carries for each packet
HEADER_BYTES = 52  # of IP and TCP with time stamps


def line_bytes_per_second(gigabits, mtu):
    """What TCP can carry: 94.1 % of the line with packets of 1500 bytes, 99.0 % with 9000."""
    return gigabits * 125e6 * (mtu - HEADER_BYTES) / (mtu + LINE_BYTES)


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class NetworkError(Exception):
    """A network cannot be made; the message says what to do."""


def run(*words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise NetworkError(f"`{' '.join(words)}`: {(done.stderr or done.stdout).strip()}")
    return done.stdout


class Namespaces:
    """Networks like those of the real thing. Their names carry the id of this process."""

    shaped = True

    def __init__(self):
        self.prefix = f"kume-walkthrough-{os.getpid()}"
        self.made = []
        self.control = "the host's congestion control"

    def name(self, place):
        return f"{self.prefix}-{place}"

    def address(self, place):
        return ISCSI[place]

    def heartbeat(self, node):
        return f"{HEARTBEAT[node]}:{HEARTBEAT_PORT}"

    def port(self, usual):
        return usual

    def inside(self, place, words):
        return ["ip", "netns", "exec", self.name(place), *words]

    def make(self):
        for place in (SWITCH, STORAGE):
            self.add(place)
        for bridge in ("iscsi", "heartbeat"):
            self.ip(SWITCH, f"link add {bridge} mtu {MTU_MAX} type bridge", f"link set {bridge} up")
        self.card(STORAGE, "iscsi", ISCSI[STORAGE])
        for node in NODES:
            self.power_on(node)

    def add(self, place):
        self.made.append(place)  # First: whatever interrupts this, it is removed.
        run("ip", "netns", "add", self.name(place))
        self.ip(place, "link set lo up")
        self.congestion_control(place)

    def congestion_control(self, place):
        """CUBIC, as Windows has it. BBR, which some hosts prefer, nearly stops for 0.2 s in every 10 to measure."""
        for name in ("cubic", "reno"):  # A namespace may have only what the host allows everybody.
            try:
                run(*self.inside(place, ["sysctl", "-q", "-w", f"net.ipv4.tcp_congestion_control={name}"]))
                self.control = name
                return
            except NetworkError:
                continue

    def ip(self, place, *lines):
        run("ip", "-n", self.name(place), "-batch", "-", text="\n".join(lines) + "\n")

    def card(self, place, network, address):
        port = f"{network[0]}-{place}"
        run("ip", "link", "add", "name", network, "mtu", "1500", "netns", self.name(place), "type", "veth",
            "peer", "name", port, "mtu", str(MTU_MAX), "netns", self.name(SWITCH))
        self.ip(SWITCH, f"link set {port} master {network} up")
        self.ip(place, f"address add {address}/24 dev {network}", f"link set {network} up")

    def power_on(self, node):
        self.add(node)
        self.card(node, "iscsi", ISCSI[node])
        self.card(node, "heartbeat", HEARTBEAT[node])

    def power_off(self, node, process):
        """Cards first, so that no word of the end gets out; what the kernel has of connections goes with the node."""
        self.ip(node, "link set iscsi down", "link set heartbeat down")
        process.kill()
        process.wait()
        self.delete(node)

    def line(self, gigabits, mtu):
        """Makes all lines of the iSCSI network so fast, both ways, for packets of this size."""
        rate = round(gigabits * 1e9 * (mtu + ETHERNET_BYTES) / (mtu + LINE_BYTES))
        burst = max(512 << 10, round(rate / 8 / 500))  # 2 ms at least: so late may a busy machine be
        for place in (STORAGE, *NODES):
            self.ip(place, f"link set iscsi mtu {mtu}")
            run(*self.inside(place, ["tc", "qdisc", "replace", "dev", "iscsi", "root", "tbf",
                                     "rate", f"{rate}bit", "burst", str(burst), "limit", str(4 << 20)]))

    def delete(self, place):
        for pid in run("ip", "netns", "pids", self.name(place)).split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        if place in NODES:
            # The kernel takes its time to remove what is left in a namespace, and the names are wanted again.
            self.ip(SWITCH, f"link delete i-{place}", f"link delete h-{place}")
        run("ip", "netns", "delete", self.name(place))
        self.made.remove(place)

    def remove(self):
        for place in reversed(list(self.made)):
            try:
                self.delete(place)
            except NetworkError:
                # Half made or half removed when it was interrupted: the namespace itself is what must not stay.
                subprocess.run(["ip", "netns", "delete", self.name(place)], stderr=subprocess.DEVNULL)


class Loopback:
    """One machine that plays all of them. A node that loses its power stands still instead."""

    shaped = False

    def __init__(self):
        self.heartbeats = {node: free_port(socket.SOCK_DGRAM) for node in NODES}

    def address(self, place):
        return "127.0.0.1"

    def heartbeat(self, node):
        return f"127.0.0.1:{self.heartbeats[node]}"

    def port(self, usual):
        return free_port(socket.SOCK_STREAM)

    def inside(self, place, words):
        return list(words)

    def make(self):
        pass

    def power_on(self, node):
        pass

    def power_off(self, node, process):
        process.send_signal(signal.SIGSTOP)

    def line(self, gigabits, mtu):
        pass

    def remove(self):
        pass
