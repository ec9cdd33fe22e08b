"""scripts/bench --formats: disks of all formats and types beside a raw one, at the same daemon, in the same run.

Every disk is made by Kume and filled through iSCSI. What counts is the median of the rounds as a ratio to the raw
disk's. The goals are those of a dynamic VHDX: 0.8 of raw when it is filled, 0.5 while it is being filled.
"""
import shutil
import statistics
import tempfile
import time
from pathlib import Path

DISKS = [  # name, what `disk create` is told
    ("raw", "--format raw"),
    ("vhd-fixed", "--format vhd"),
    ("vhd-dynamic", "--format vhd --type dynamic"),
    ("vhdx-fixed", "--format vhdx"),
    ("vhdx-dynamic", "--format vhdx --type dynamic"),
]
FILLED = [  # on a filled disk
    ("4k random read QD32", "--bs 4096 --qd 32"),
    ("4k random write QD32", "--bs 4096 --qd 32 --mode write"),
    ("64k sequential read QD8", "--bs 65536 --qd 8 --seq"),
    ("64k sequential write QD8", "--bs 65536 --qd 8 --seq --mode write"),
    ("1M sequential read QD8", "--bs 1048576 --qd 8 --seq"),
    ("1M sequential write QD8", "--bs 1048576 --qd 8 --seq --mode write"),
]
FILL = "--bs 262144 --qd 8 --seq --mode write --warmup 0 --once --seconds 120"
JUDGED = "vhdx-dynamic"
DEEP = 64


class Formats:
    def __init__(self, bench, options):
        self.bench, self.options, self.report = bench, options, bench.Report()
        self.directory = Path(tempfile.mkdtemp(prefix="kume-bench-", dir=options.dir))
        empty = self.directory / "empty.img"
        empty.write_bytes(bytes(bench.MIB))
        self.kume = bench.Kume(self.directory, empty, empty, bench.distribution(options))
        self.luns = {}

    def create(self, name, words):
        self.kume.admin("disk", "create", name, "--size", f"{self.options.size_mib}MB",
                        "--file", self.directory / f"{name}.disk", *words.split())
        self.map(name)

    def map(self, name):
        lun = next(number for number in range(200) if number not in self.luns.values())
        self.kume.admin("map", name, "bench", "--lun", lun)
        self.luns[name] = lun

    def remove(self, name):
        self.kume.admin("unmap", name, "bench", "--force")
        self.kume.admin("disk", "remove", name, "--delete-file")
        del self.luns[name]

    def load(self, name, arguments, seconds=None):
        words = arguments.split()
        if seconds:
            words += ["--seconds", str(seconds), "--warmup", str(self.options.warmup)]
        result = self.kume.load("--engine", "raw", "--label", name, *words, lun=self.luns[name])
        self.report.data["runs"].append(result)
        return result["mb_s"]

    def warm(self, name):
        self.bench.warm(self.directory / f"{name}.disk")

    def start(self):
        self.kume.serve()
        self.kume.login_wait()
        self.kume.admin("target", "create", "bench", "--iqn", self.bench.TARGET["kume"],
                        "--initiator", self.bench.INITIATOR)

    def table(self, title, rows, goal):
        """rows: {workload: {disk: [MB/s]}}"""
        names = list(next(iter(rows.values())))
        self.report.say(f"\n## {title}\n")
        self.report.say("| workload | " + " | ".join(f"{name}, MB/s" for name in names)
                        + " | " + " | ".join(f"{name} / raw" for name in names if name != "raw") + " | goal | |")
        self.report.say("|---" * (2 * len(names) + 2) + "|")
        for workload, found in rows.items():
            raw = statistics.median(found["raw"])
            ratios = {name: statistics.median(found[name]) / raw for name in names if name != "raw"}
            judged = ratios.get(JUDGED)
            cells = [self.bench.median_text(found[name], 0) for name in names]
            cells += [f"{ratio:.2f}" for ratio in ratios.values()]
            word = self.report.judge(judged, goal) if judged is not None and goal else ""
            self.report.say(f"| {workload} | " + " | ".join(cells)
                            + f" | {f'{JUDGED} >= {goal}' if goal else ''} | {word} |")

    def filling(self, rounds):
        rows = {"256k sequential write, first time, QD8": {name: [] for name, _ in DISKS + [("raw-sparse", "")]}}
        found = next(iter(rows.values()))
        for turn in range(rounds):
            for name, words in DISKS + [("raw-sparse", "--format raw --sparse")]:
                disk = f"fill-{name}"
                self.create(disk, words)
                found[name].append(self.load(disk, FILL))
                self.remove(disk)
        self.table("An empty disk is filled", rows, 0.5)

    def filled(self, rounds, seconds):
        for name, words in DISKS:
            self.create(name, words)
            self.load(name, FILL)
            self.load(name, FILL)
        rows = {}
        for workload, arguments in FILLED:
            found = rows[workload] = {name: [] for name, _ in DISKS}
            for turn in range(rounds):
                for name, _ in DISKS:
                    self.warm(name)
                    found[name].append(self.load(name, f"{arguments} --seed {turn + 1}", seconds))
        self.table("A filled disk", rows, 0.8)

    def deep(self, rounds, seconds):
        """The filled dynamic VHDX under 64 snapshots, each with some thousand blocks of its own."""
        before, found = [], []
        for turn in range(rounds):
            before.append(self.load(JUDGED, "--bs 4096 --qd 32", seconds))
        for level in range(DEEP):
            self.kume.admin("snapshot", "create", JUDGED, f"level-{level}")
            self.load(JUDGED, f"--bs 4096 --qd 16 --mode write --seed {level + 1} --warmup 0 --seconds 0.1")
        for turn in range(rounds):
            found.append(self.load(JUDGED, f"--bs 4096 --qd 32 --seed {turn + 99}", seconds))
        ratio = statistics.median(found) / statistics.median(before)
        self.report.say(f"\n4k random read QD32 of {JUDGED}: {self.bench.median_text(before, 0)} MB/s alone, "
                        f"{self.bench.median_text(found, 0)} MB/s over {DEEP} snapshots: {ratio:.2f}")


def compare(bench, options):
    bench.need(["cc", "fincore"])
    rounds, seconds = (1, 1.0) if options.quick else (options.rounds, options.seconds)
    formats = Formats(bench, options)
    began = time.monotonic()
    try:
        bench.build(formats.directory)
        formats.start()
        formats.report.say(f"{bench.machine()}; disks of {options.size_mib} MiB, {rounds} rounds of {seconds:g} s, "
                           "medians (least-greatest)")
        formats.filled(rounds, seconds)
        formats.filling(rounds)
        formats.deep(rounds, seconds)
        tally = formats.report.tally
        formats.report.say(f"\n{tally['pass']} goals passed, {tally['near']} near (within 15 %), {tally['miss']} "
                           f"missed, in {time.monotonic() - began:.0f} s")
        formats.report.write(options.out)
    finally:
        formats.kume.stop()
        if options.keep:
            print(f"kept: {formats.directory}")
        else:
            shutil.rmtree(formats.directory)
