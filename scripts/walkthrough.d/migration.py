"""Quick Migration: the memory of a virtual machine is saved by one node and restored by the other, and timed.

Beside each row stands what iperf3 got over the same line just before, what the line can carry at all, and the table
that was published for iSCSI at 1 Gbit/s, whose times are the raw rate, rounded; at 2 and 4 Gbit/s a half and a quarter.
"""
import os
import statistics
import time
from network import NODES, STORAGE, line_bytes_per_second

MIB = 1 << 20
PUBLISHED_SECONDS = {512: 8, 1024: 16, 2048: 32, 4096: 64, 8192: 120}
GOAL = 0.98
SHORT_MEBIBYTES = 1024  # states up to this are moved several times, and the median counts
MACHINE_LUN = 1
HEAD = ["state", "line", "MTU", "more RTT", "save, s", "restore, s", "both, s", "published, s", "line allows, s",
        "save, MB/s", "iperf3", "ratio", "restore, MB/s", "iperf3", "ratio", "flush and change, s", "load"]


class Line:
    """One way to the storage box: how fast, how large the packets, how much longer than it is."""

    def __init__(self, gigabits, mtu, milliseconds):
        self.gigabits, self.mtu, self.milliseconds = gigabits, mtu, milliseconds

    def __str__(self):
        more = f", {self.milliseconds:g} ms more round trip" if self.milliseconds else ""
        return f"{self.gigabits:g} Gbit/s, MTU {self.mtu}{more}"


class Row:
    """One state, there and back over one line."""

    def __init__(self, line, mebibytes, seconds, iperf):
        self.line, self.mebibytes, self.iperf = line, mebibytes, iperf
        self.save, self.restore, self.change = seconds
        self.load = os.getloadavg()[0]

    @property
    def ratios(self):
        size = self.mebibytes * MIB
        return [size / seconds / rate for seconds, rate in zip((self.save, self.restore), self.iperf)]

    @property
    def published(self):
        seconds = PUBLISHED_SECONDS.get(self.mebibytes)
        return f"{seconds / self.line.gigabits:g}" if seconds else "-"

    @property
    def name(self):
        return f"{self.mebibytes // 1024} GB" if self.mebibytes % 1024 == 0 else f"{self.mebibytes} MB"

    def sentence(self):
        megabytes = self.mebibytes * MIB / 1e6
        there, back = (f"{100 * ratio:.1f} %" for ratio in self.ratios)
        return (f"{self.name}: saved in {self.save:.2f} s, {megabytes / self.save:.1f} MB/s, {there} of iperf3; "
                f"restored in {self.restore:.2f} s, {megabytes / self.restore:.1f} MB/s, {back}")

    def cells(self):
        size = self.mebibytes * MIB
        allows = 2 * size / line_bytes_per_second(self.line.gigabits, self.line.mtu)
        cells = [self.name, f"{self.line.gigabits:g} Gbit/s", str(self.line.mtu), f"{self.line.milliseconds:g} ms",
                 f"{self.save:.2f}", f"{self.restore:.2f}", f"{self.save + self.restore:.2f}", self.published,
                 f"{allows:.2f}"]
        for seconds, rate, ratio in zip((self.save, self.restore), self.iperf, self.ratios):
            cells += [f"{size / seconds / 1e6:.1f}", f"{rate / 1e6:.1f}", f"{100 * ratio:.1f} %"]
        return cells + [f"{self.change:.2f}", f"{self.load:.1f}"]


def move(nodes, mebibytes, seed, commands, keys):
    """Node 1 saves and lets go, node 2 takes over and restores; seconds to save, to restore, and in between."""
    first, second = nodes
    size = mebibytes * MIB
    patience = 60 + 30 * mebibytes / 128
    first.value(f"own {MACHINE_LUN} {keys[first.name]}")
    saved = first.value(f"save {MACHINE_LUN} {size} {seed} {commands}", patience)
    begun = time.monotonic()
    first.tell(f"release {MACHINE_LUN}", patience)
    second.value(f"own {MACHINE_LUN} {keys[second.name]}")
    changed = time.monotonic() - begun
    restored = second.value(f"restore {MACHINE_LUN} {size} {seed} {commands}", patience)
    second.tell(f"release {MACHINE_LUN}", patience)
    return int(saved["nanos"]) / 1e9, int(restored["nanos"]) / 1e9, changed


class Tables:
    """Measures all rows, line by line, and prints each as it comes."""

    def __init__(self, network, nodes, ports, iperf, keys, options, log_on, say):
        self.network, self.nodes, self.ports, self.iperf = network, nodes, ports, iperf
        self.keys, self.options, self.log_on, self.say = keys, options, log_on, say
        self.rows = []
        self.seed = 0

    def warm_up(self):
        """The programs compile themselves while they run: nothing is measured before they have."""
        for _ in range(2):
            self.move(self.options.warm_up)

    def move(self, mebibytes):
        """No two states are alike, so that what is left of an earlier one does not pass for a later one."""
        self.seed += 1_000_003
        return move(self.nodes, mebibytes, self.seed, self.options.commands, self.keys)

    def measure(self, line, sizes, relayed):
        self.network.line(line.gigabits, line.mtu)
        disk_port, iperf_port = self.ports["relayed" if relayed else "direct"]
        self.log_on(disk_port)
        latency = int(self.nodes[0].value(f"latency {MACHINE_LUN}")["nanos"]) / 1e6
        before = self.iperf_both_ways(iperf_port)
        timed = []
        for mebibytes in sizes:
            rounds = self.options.rounds if mebibytes <= SHORT_MEBIBYTES else 1
            timed.append([self.move(mebibytes) for _ in range(rounds)])
        iperf = [statistics.mean(both) for both in zip(before, self.iperf_both_ways(iperf_port))]
        self.say(f"{line}: a command takes {latency:.2f} ms; iperf3 {iperf[0] / 1e6:.1f} MB/s to the storage box, "
                 f"{iperf[1] / 1e6:.1f} from it, of {line_bytes_per_second(line.gigabits, line.mtu) / 1e6:.1f}")
        for mebibytes, rounds in zip(sizes, timed):
            row = Row(line, mebibytes, [statistics.median(seconds) for seconds in zip(*rounds)], iperf)
            self.rows.append(row)
            several = f"; {len(rounds)} moves, medians" if len(rounds) > 1 else ""
            self.say("  " + row.sentence() + several)

    def iperf_both_ways(self, port):
        """Bytes in a second that the first node sends to the storage box, and that the second gets from it."""
        address = self.network.address(STORAGE)
        return [self.iperf.bytes_per_second(node, address, port, self.options.iperf_seconds, reads)
                for node, reads in zip(NODES, (False, True))]

    def markdown(self):
        lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
        return lines + ["| " + " | ".join(row.cells()) + " |" for row in self.rows]

    def verdict(self):
        ratios = [ratio for row in self.rows for ratio in row.ratios]
        reached = sum(ratio >= GOAL for ratio in ratios)
        return (f"{reached} of {len(ratios)} transfers reached {GOAL:.0%} of what iperf3 got over the same line, "
                f"the least {100 * min(ratios):.1f} %")
