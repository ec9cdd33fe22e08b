"""The programs that take part: the daemon with its command line, the nodes, the relay, and iperf3."""
import json
import os
import re
import shlex
import subprocess
import threading
import time


class ProgramError(Exception):
    """A program did not do what it was asked; the message is one line."""


class Kume:
    """A daemon with a state of its own, and the commands that an administrator types."""

    def __init__(self, home, directory, network, place, port):
        self.home, self.directory, self.port = home, directory, port
        self.command = str(home / "bin" / "kume")
        self.environment = dict(os.environ, KUME_SERVER=str(directory / "admin.sock"))
        self.address = network.address(place)
        configuration = directory / "kume.yaml"
        configuration.write_text(f"""schemaVersion: 1
stateDirectory: {json.dumps(str(directory / "state"))}
iqnPrefix: iqn.2026-11.dev.kume
host: {place}
portals:
  - name: iscsi
    listen: ["{self.address}:{port}"]
admin:
  socket: {json.dumps(self.environment["KUME_SERVER"])}
metrics:
  listen: none
""")
        self.log = directory / "kume.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                network.inside(place, [self.command, "serve", "--config", str(configuration)]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            self.await_start()
        except BaseException:
            self.stop()
            raise

    @property
    def portal(self):
        return f"{self.address}:{self.port}"

    def await_start(self):
        end = time.monotonic() + 60
        while not os.path.exists(self.environment["KUME_SERVER"]):
            if self.process.poll() is not None or time.monotonic() > end:
                raise ProgramError(f"the daemon did not start:\n{self.log.read_text()}")
            time.sleep(0.02)

    def run(self, line, good=(0,)):
        """Runs a command as it is typed; returns what it said."""
        done = subprocess.run([self.command, *shlex.split(line)], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode not in good:
            raise ProgramError(f"`kume {line}` ended with {done.returncode}: {(done.stderr or done.stdout).strip()}")
        return (done.stdout + done.stderr).rstrip()

    def records(self, line):
        return json.loads(self.run(f"{line} --output json"))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Node:
    """A node program, told what to do line by line."""

    def __init__(self, name, java, network, directory):
        self.name, self.network = name, network
        self.iqn = f"iqn.1991-05.com.microsoft:{name}"
        self.events, self.heard = [], []
        self.answer = None
        self.changed = threading.Condition()
        self.errors = directory / f"{name}.log"
        with open(self.errors, "a") as errors:
            self.process = subprocess.Popen(
                network.inside(name, [*java, "dev.kume.walkthrough.NodeProgram", name, self.iqn]),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True)
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()

    def listen(self):
        for line in self.process.stdout:
            kind, _, rest = line.rstrip("\n").partition(" ")
            with self.changed:
                if kind == "event":
                    at, _, what = rest.partition(" ")
                    self.events.append((int(at), what))
                elif kind == "log":
                    self.heard.append(rest)
                else:
                    self.answer = (kind, rest)
                self.changed.notify_all()
        with self.changed:
            self.answer = self.answer or ("failed", "the program has ended")
            self.changed.notify_all()

    def begin(self, command):
        self.answer = None
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise ProgramError(f"{self.name} has ended; see {self.errors}") from None

    def finish(self, command, seconds):
        with self.changed:
            if not self.changed.wait_for(lambda: self.answer is not None, seconds):
                raise ProgramError(f"{self.name} has not answered `{command}` for {seconds} s")
            kind, rest = self.answer
        if kind != "ok":
            raise ProgramError(f"{self.name}: {rest}")
        return rest

    def tell(self, command, seconds=60):
        self.begin(command)
        return self.finish(command, seconds)

    def value(self, command, seconds=60):
        """The answer's values by name."""
        return dict(word.split("=", 1) for word in self.tell(command, seconds).split())

    def await_event(self, name, seconds, after=0):
        """The time of an event in nanoseconds, and what it said."""
        def found():
            return next(((at, what) for at, what in self.events if at >= after and what.split()[0] == name), None)
        with self.changed:
            if not self.changed.wait_for(found, seconds):
                raise ProgramError(f"{self.name}: no `{name}` within {seconds} s; it said: {self.events[-3:]}")
            at, what = found()
        return at, dict(word.split("=", 1) for word in what.split()[1:] if "=" in word)

    def last(self, name):
        """What the last event of this name said, after the end of the program."""
        with self.changed:
            return next((what.split()[1] for at, what in reversed(self.events) if what.split()[0] == name), None)

    def take_log(self):
        with self.changed:
            lines, self.heard = self.heard, []
        return lines

    def end_of_output(self, ended):
        """Waits until everything has been read that the program said before its end."""
        if ended:
            self.reader.join(10)

    def end(self):
        self.process.kill()
        self.process.wait()


class Relay:
    """Keeps what passes for half of the round trip that it adds, in each direction."""

    def __init__(self, java, network, place, milliseconds, pairs):
        self.process = subprocess.Popen(
            network.inside(place, [*java, "dev.kume.walkthrough.DelayRelay", str(round(milliseconds * 500)), *pairs]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        if self.process.stdout.readline().strip() != "ok":
            raise ProgramError("the relay does not start")
        # A sleep may take 50 microseconds more than it was told, a fifth of such a delay; threads to come inherit this.
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{thread}/timerslack_ns", "w") as slack:
                slack.write("1000")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Iperf:
    """iperf3 at the storage box, asked by the nodes over the line that the disks use."""

    def __init__(self, network, place, port, directory):
        self.network, self.port = network, port
        with open(directory / "iperf3.log", "w") as log:
            self.process = subprocess.Popen(
                network.inside(place, ["iperf3", "--server", "--port", str(port)]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def bytes_per_second(self, node, address, port, seconds, reads):
        words = ["iperf3", "--client", address, "--port", str(port), "--time", str(seconds), "--omit", "1", "--json"]
        answer = {}
        for _ in range(20):
            done = subprocess.run(self.network.inside(node, words + (["--reverse"] if reads else [])),
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
            try:
                answer = json.loads(done.stdout)
            except ValueError:
                answer = {"error": done.stderr.strip() or done.stdout.strip()}
            if not re.search("busy|refused", answer.get("error", "")):
                break
            time.sleep(0.2)
        if "error" in answer:
            raise ProgramError(f"iperf3: {answer['error']}")
        return answer["end"]["sum_received"]["bits_per_second"] / 8

    def stop(self):
        self.process.kill()
        self.process.wait()
