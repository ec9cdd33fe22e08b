"""scripts/bench --start: how long a start takes, what a daemon at rest holds, how large the packages are; beside tgt.

Both serve a cluster of two nodes: a target for each node, the same three disks behind both, one initiator let in each.
Kume is what a package installs: its own Java runtime, with the start-up caches that its installation makes, and without
them. What counts is the median of the rounds; the servers start in turns, one at a time. A start begins with the exec
of bin/kume or tgtd and ends with the answer of a login by libiscsi, which tries again every 2 milliseconds; tgt's takes
in the calls of tgtadm that give it its targets, which it does not remember, and libiscsi comes after them.
"""
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

DISKS = {"quorum": 64, "vm1": 256, "vm2": 256}  # MiB
OTHER_NODE = "iqn.2026-11.dev.kume:other"
WITHOUT = "-XX:AOTMode=off"
GOAL_MS = 1000


def pss_bytes(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


class Starts:
    def __init__(self, bench, options):
        self.bench, self.options, self.report = bench, options, bench.Report()
        self.directory = Path(tempfile.mkdtemp(prefix="kume-bench-", dir=options.dir))
        self.home = options.kume.resolve() if options.kume else self.installed()
        for file in ("runtime/bin/java", "aot/serve.aot"):
            if not (self.home / file).exists():
                bench.fail(f"{self.home} holds no {file}: make it with scripts/package --runtime-only and bin/kume-aot")
        small = self.directory / "small.img"
        small.write_bytes(bytes(bench.MIB))
        self.kume = bench.Kume(self.directory, small, small, self.home, metrics=f'"127.0.0.1:{bench.free_port()}"')
        self.tgt = bench.Tgt(self.directory, small)

    def installed(self):
        """What a package installs, where this run can leave it."""
        home = self.directory / "home"
        self.bench.run([self.bench.TOP / "scripts" / "package", "--runtime-only", home])
        self.bench.run([home / "bin" / "kume-aot"])
        return home

    def provision(self):
        self.kume.serve()
        self.kume.login_wait()
        disks = [word for name, mib in DISKS.items()
                 for word in ("--witness" if name == "quorum" else "--csv", f"{name}={mib}MB")]
        self.kume.admin("cluster", "create", "bench", "--node", f"a={self.bench.INITIATOR}",
                        "--node", f"b={OTHER_NODE}", *disks)
        targets = json.loads(self.kume.admin("target", "list", "--output", "json"))
        self.bench.TARGET["kume"] = next(t["iqn"] for t in targets if t["iqn"].endswith("-a"))
        self.kume.stop()
        for name, mib in DISKS.items():
            with open(self.directory / f"{name}.tgt", "wb") as file:
                file.truncate(mib * self.bench.MIB)

    def start_tgt(self):
        tgt = self.tgt
        tgt.spawn(["tgtd", "-f", "--iscsi", f"portal=127.0.0.1:{tgt.port}"], env=tgt.environment)
        end = time.monotonic() + 10
        while not tgt.admin("--op", "show", "--mode", "target", check=False):
            if time.monotonic() > end:
                self.bench.fail(f"tgtd does not answer; its log is {tgt.log.name}")
            time.sleep(0.002)
        nodes = [(self.bench.TARGET["tgt"], self.bench.INITIATOR), (f"{self.bench.TARGET['tgt']}-other", OTHER_NODE)]
        for tid, (iqn, initiator) in enumerate(nodes, start=1):
            tgt.admin("--op", "new", "--mode", "target", "--tid", str(tid), "-T", iqn)
            for lun, name in enumerate(DISKS, start=1):
                tgt.admin("--op", "new", "--mode", "logicalunit", "--tid", str(tid), "--lun", str(lun),
                          "-b", str(self.directory / f"{name}.tgt"))
            tgt.admin("--op", "bind", "--mode", "target", "--tid", str(tid), "--initiator-name", initiator)

    def start_kume(self, java_options):
        self.kume.java_options = java_options
        self.kume.serve()

    def servers(self):
        """What is compared: its label, how it starts, the server."""
        return [
            ("Kume, start-up caches", lambda: self.start_kume(""), self.kume),
            ("Kume, without", lambda: self.start_kume(WITHOUT), self.kume),
            ("tgt with tgtadm", self.start_tgt, self.tgt),
        ]

    def rounds(self, count):
        found = {label: [] for label, _, _ in self.servers()}
        for turn in range(count + 1):
            for label, start, server in self.servers():
                start()
                result = server.first_login("libiscsi")
                server.stop()
                if turn > 0:  # the first round brings the files into the page cache
                    found[label].append(result)
        self.report.data["starts"] = found
        return found

    def start_table(self, found):
        say, text = self.report.say, self.bench.median_text
        say("\n## Start to the first login\n")
        say("| | login answered, ms | first command done, ms | processor time until then, ms "
            "| login, of tgt's time | goal | |")
        say("|---|---|---|---|---|---|---|")
        middle = {label: statistics.median(r["login_ms"] for r in runs) for label, runs in found.items()}
        base = list(middle.values())[-1]
        for label, runs in found.items():
            column = lambda key: text([r[key] for r in runs], 0)
            judged = label.startswith("Kume, start")
            word = self.report.judge(middle[label], GOAL_MS, True) if judged else ""
            say(f"| {label} | {column('login_ms')} | {column('command_ms')} | {column('server_cpu_ms')} "
                f"| {middle[label] / base:.1f}x | {f'< {GOAL_MS}' if judged else ''} | {word} |")

    def idle_table(self, seconds):
        """One Kume at a time: two would share the pages of the runtime, and each have a half of them."""
        self.report.say(f"\n## Memory at rest, {seconds:g} s after the first login has ended\n")
        self.report.say("| | resident (VmRSS), MiB | proportional (Pss), MiB | threads |")
        self.report.say("|---|---|---|---|")
        for label, start, server in self.servers():
            start()
            server.first_login("libiscsi")
            time.sleep(seconds)
            pid = server.pid
            resident, share = (b / self.bench.MIB for b in (self.bench.resident_bytes(pid), pss_bytes(pid)))
            threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
            self.report.say(f"| {label} | {resident:.0f} | {share:.0f} | {threads} |")
            self.report.data.setdefault("idle", {})[label] = {"rss": resident, "pss": share, "threads": threads}
            server.stop()

    def sizes(self):
        say = self.report.say
        say("\n## Size\n")
        say("| what | MB |")
        say("|---|---|")
        files = [file for file in sorted(self.options.packages.glob("kume*"))
                 if file.name.endswith((".deb", ".tar.gz", ".zip"))]
        for file in files:
            say(f"| {file.name} | {file.stat().st_size / 1e6:.1f} |")
        if not files:
            say(f"| packages: none in {self.options.packages} (scripts/package makes them) | |")
        image = self.image_bytes()
        say(f"| container image | {image / 1e6:.0f} |" if image else
            "| container image: no engine, or no image kume (scripts/package --image makes it) | |")
        total = sum(f.stat().st_size for f in self.home.rglob("*") if f.is_file() and not f.is_symlink())
        caches = sum(f.stat().st_size for f in (self.home / "aot").iterdir())
        say(f"| installed, without start-up caches | {(total - caches) / 1e6:.0f} |")
        say(f"| start-up caches | {caches / 1e6:.0f} |")

    def image_bytes(self):
        if not shutil.which("docker"):
            return None
        version = self.bench.run([self.home / "bin" / "kume", "--version"]).split()[1]
        done = subprocess.run(["docker", "image", "inspect", "--format", "{{.Size}}", f"kume:{version}"],
                              capture_output=True, text=True)
        return int(done.stdout) if done.returncode == 0 else None


def measure(bench, options):
    bench.need(["cc", "tgtd", "tgtadm"])
    began = time.monotonic()
    starts = Starts(bench, options)
    report = starts.report
    count, idle = (2, 3) if options.quick else (options.rounds or 11, 30)
    try:
        bench.build(starts.directory)
        starts.provision()
        report.say(f"{bench.machine()}; {count} starts of each in turns, medians (least-greatest); "
                   f"load average {bench.load_average()}")
        starts.start_table(starts.rounds(count))
        starts.idle_table(idle)
        starts.sizes()
        report.say(f"\nload average {bench.load_average()} at the end; {time.monotonic() - began:.0f} s")
        report.write(options.out)
    finally:
        starts.kume.stop()
        starts.tgt.stop()
        if options.keep:
            print(f"kept: {starts.directory}")
        else:
            shutil.rmtree(starts.directory)
