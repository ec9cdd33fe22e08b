"""scripts/bench --measures, --against DIR: several daemons of Kume, the same workload at each of them in turns.

The daemons live side by side, each with a file of its own that was written by the same calls, and serve one after
another, the order going round; what counts is the median of the ratios within a round, since what is around them
changes from minute to minute. How the JVM has compiled one process differs from how it has compiled the next, and where
a file lies in memory counts too: all daemons and their files are made anew twice, in another order. One of the daemons
is there twice: the mean of both is the base of the ratios, and what they differ by from it is the noise of all this.
"""
import re
import shutil
import statistics
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

WORKLOADS = [
    ("4k random read QD32", "--bs 4096 --qd 32"),
    ("4k random write QD32", "--bs 4096 --qd 32 --mode write"),
    ("4k random read, 4 sessions QD16", "--bs 4096 --qd 16 --sessions 4"),
]
GENERATIONS = 3
PAGES = 50
OFF = "-Dkume.measures=off"
GOAL = 1.02


class Daemon:
    """One of the daemons, or one that is there already in other circumstances."""

    def __init__(self, label, home, java_options="", scraped=False, of=None):
        self.label, self.home, self.java_options, self.scraped, self.of = label, home, java_options, scraped, of
        self.kume = None


def read_page(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        return page.read()


def cpu_seconds(pid):
    """Of all its threads; the number of a process's clock is made of that of the process (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


class Scraper(threading.Thread):
    """Reads the page for Prometheus each second."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.done = port, threading.Event()

    def run(self):
        while not self.done.is_set():
            read_page(self.port)
            self.done.wait(1)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join()


class Turns:
    def __init__(self, bench, options, daemons):
        self.bench, self.options, self.daemons, self.report = bench, options, daemons, bench.Report()
        self.directory = Path(tempfile.mkdtemp(prefix="kume-bench-", dir=options.dir))
        self.workloads = [(name, words) for name, words in WORKLOADS if re.search(options.only, name)]
        self.results = {name: {daemon.label: [] for daemon in daemons} for name, _ in self.workloads}
        self.page_bytes, self.page_seconds = 0, []

    def own(self):
        return [daemon for daemon in self.daemons if daemon.of is None]

    def begin(self, generation):
        """All of them anew, in another order: where a file lies and when a daemon began must be nobody's luck."""
        own = self.own()
        own = own[generation % len(own):] + own[:generation % len(own)]
        places = []
        for number in range(len(own)):
            place = self.directory / f"{generation}-{number}"
            place.mkdir(mode=0o700)  # the sockets of the daemons want it
            (place / "load").symlink_to(self.directory / "load")
            places.append(place)
        self.bench.random_files([place / "hot.img" for place in places], self.options.region_mib * self.bench.MIB)
        for daemon, place in zip(own, places):
            cold = place / "cold.img"
            cold.write_bytes(bytes(self.bench.MIB))
            daemon.port = self.bench.free_port()
            daemon.kume = self.bench.Kume(place, place / "hot.img", cold, daemon.home, daemon.java_options,
                                          f'"127.0.0.1:{daemon.port}"')
            daemon.kume.provision()
            daemon.kume.stop()
            daemon.kume.serve()
            daemon.kume.login_ms()
            self.bench.warm(daemon.kume.file)
        for daemon in self.daemons:
            if daemon.of:
                daemon.kume, daemon.port = daemon.of.kume, daemon.of.port
        self.settle(own)

    def settle(self, own):
        for _, words in self.workloads:
            for daemon in own:
                self.load(daemon, words, self.options.settle, 0)
        for daemon in self.daemons:
            if daemon.scraped:
                self.pages(daemon)

    def pages(self, daemon):
        """What a page costs, when a good many have been read."""
        for _ in range(PAGES):
            self.page_bytes = len(read_page(daemon.port))
        began = cpu_seconds(daemon.kume.pid)
        for _ in range(PAGES):
            read_page(daemon.port)
        self.page_seconds.append((cpu_seconds(daemon.kume.pid) - began) / PAGES)

    def end(self):
        for daemon in self.own():
            if daemon.kume:
                daemon.kume.stop()
                daemon.kume.file.unlink(missing_ok=True)

    def load(self, daemon, words, seconds, seed):
        return daemon.kume.load("--engine", "raw", "--seconds", seconds, "--warmup", 0.2, "--seed", seed + 1,
                                "--region", self.options.region_mib * self.bench.MIB, *words.split())

    def round(self, turn, seconds):
        for name, words in self.workloads:
            order = turn % len(self.daemons)
            for daemon in self.daemons[order:] + self.daemons[:order]:
                self.bench.warm(daemon.kume.file)
                if daemon.scraped:
                    with Scraper(daemon.port):
                        result = self.load(daemon, words, seconds, turn)
                else:
                    result = self.load(daemon, words, seconds, turn)
                self.results[name][daemon.label].append(result)

    def table(self, bases, goal):
        say, bench = self.report.say, self.bench
        say("| workload | daemon | us of processor time for a command | to base | goal | | IOPS | to base | p99 us |")
        say("|---|---|---|---|---|---|---|---|---|")
        for name, found in self.results.items():
            for label, runs in found.items():
                cpu, iops = (self.ratios(found, label, bases, key) for key in ("server_cpu_us", "iops"))
                judged = goal and label not in bases
                word = self.report.judge(statistics.median(cpu), goal, True) if judged else ""
                each = lambda key, digits: bench.median_text([run[key] for run in runs], digits)
                say(f"| {name} | {label} | {each('server_cpu_us', 2)} | {self.middle_half(cpu)} "
                    f"| {f'<= {goal}' if judged else ''} | {word} | {each('iops', 0)} | {self.middle_half(iops)} "
                    f"| {statistics.median(run['p99_us'] for run in runs):,.0f} |")

    @staticmethod
    def ratios(found, label, bases, key):
        return [2 * run[key] / (one[key] + other[key])
                for run, one, other in zip(found[label], *(found[base] for base in bases))]

    @staticmethod
    def middle_half(values):
        if len(values) < 4:
            return f"{statistics.median(values):.3f}"
        low, middle, high = statistics.quantiles(values, n=4)
        return f"{middle:.3f} ({low:.3f}-{high:.3f})"


def chosen(bench, options):
    """The daemons, the labels of the two that are the base, the goal if there is one."""
    home = bench.distribution(options)
    if options.against:
        other = options.against.resolve()
        if not (other / "bin" / "kume").exists():
            bench.fail(f"{other} holds no bin/kume")
        daemons = [Daemon("other", other), Daemon("this", home), Daemon("other, again", other)]
        return daemons, ("other", "other, again"), None
    on = Daemon("metrics on", home)
    daemons = [Daemon("off", home, OFF), on, Daemon("off, again", home, OFF),
               Daemon("on, read each second", home, scraped=True, of=on)]
    return daemons, ("off", "off, again"), GOAL


def compare(bench, options):
    bench.need(["cc", "fincore"])
    rounds, seconds, generations = (1, 1.0, 1) if options.quick else (options.rounds, options.seconds, GENERATIONS)
    daemons, bases, goal = chosen(bench, options)
    turns = Turns(bench, options, daemons)
    report = turns.report
    began = time.monotonic()
    try:
        bench.build(turns.directory)
        report.say(f"{bench.machine()}; {generations} x {rounds} rounds of {seconds:g} s; medians (least-greatest), "
                   f"ratios within a round: median (quartiles); load average {bench.load_average()}\n")
        for generation in range(generations):
            turns.begin(generation)
            for turn in range(rounds):
                turns.round(generation * rounds + turn, seconds)
            turns.end()
        turns.table(bases, goal)
        if turns.page_seconds:
            cost = bench.median_text([seconds * 1000 for seconds in turns.page_seconds], 1)
            report.say(
                f"\nA page for Prometheus had {turns.page_bytes / 1024:.0f} KiB and took {cost} ms of processor time.")
        report.say(f"\nload average {bench.load_average()} at the end; {time.monotonic() - began:.0f} s")
        report.data["runs"] = turns.results
        report.write(options.out)
    finally:
        turns.end()
        if options.keep:
            print(f"kept: {turns.directory}")
        else:
            shutil.rmtree(turns.directory)
