#!/usr/bin/env python3
"""A line PC: for each ESP32 that is connected, gets a credential from `devpki station`, flashes it and verifies it.

Reads a line a device from standard input: its MAC, as a barcode scanner types it, or an empty line (Enter) for whatever
chip is connected. Run it again after whatever happened: what was verified before is left alone. docs/station.md

    line-station.py [--port PORT] [--chip CHIP] [--journal FILE] [--burn] -- STATION OPTIONS

Environment: DEVPKI (devpki), ESPTOOL (esptool; a name in .py is taken for version 4), LINE_TIMEOUT (seconds, 300).
"""

import argparse
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time

DEVPKI = os.environ.get("DEVPKI", "devpki")
ESPTOOL = os.environ.get("ESPTOOL", "esptool")
TIMEOUT = float(os.environ.get("LINE_TIMEOUT", "300"))
MOST_STARTS = 2
IMAGE = "esp_secure_cert.bin"
OF_THE_STATION = {"store-failed", "busy", "key-unavailable", "integrity"}  # no other device would fare better
MAC = re.compile(r"^(?:BASE )?MAC: +((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s*$", re.IGNORECASE | re.MULTILINE)


class OfTheDevice(Exception):
    """This device is put aside; the next one may do."""


class OfTheLine(Exception):
    """The line stops."""


def say(sentence):
    print("line-station: " + sentence, file=sys.stderr, flush=True)


class Station:
    """`devpki station` as a child, started anew when it dies; an order whose result did not come is given again."""

    def __init__(self, options):
        self.options = options
        self.child = None

    def start(self):
        try:
            self.child = subprocess.Popen(
                [DEVPKI, "station", *self.options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        except OSError as e:
            raise OfTheLine(f"{DEVPKI} does not start: {e}") from e
        self.lines = queue.Queue(maxsize=1)
        threading.Thread(target=self.listen, args=(self.child, self.lines), daemon=True).start()

    @staticmethod
    def listen(child, lines):
        for line in child.stdout:
            lines.put(line)
        lines.put(None)

    def ask(self, order):
        """The result of an order, a dictionary."""
        for attempt in range(MOST_STARTS):
            if self.child is None:
                time.sleep(attempt)
                self.start()
            try:
                self.child.stdin.write(json.dumps(order) + "\n")
                self.child.stdin.flush()
                return self.result()
            except (OSError, EOFError, ValueError, queue.Empty):
                self.child.kill()
                say(f"the station ended ({self.child.wait()}); the same order again")
                self.child = None
        raise OfTheLine("the station does not stay up; its words are above")

    def result(self):
        end = time.monotonic() + TIMEOUT
        while True:
            line = self.lines.get(timeout=max(0.0, end - time.monotonic()))
            if line is None:
                raise EOFError
            told = json.loads(line)
            if told["schema"] in ("devpki/batch-result/1", "devpki/mark-result/1"):
                return told

    def end(self):
        if self.child is not None:
            try:
                self.child.stdin.close()
                self.child.wait(TIMEOUT)
            except (OSError, subprocess.TimeoutExpired):
                self.child.kill()


class Journal:
    """What was done to which device, a line each: NAME SHA256 WHAT."""

    def __init__(self, path):
        self.done = set()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.done = {line.rstrip("\n") for line in file}
        self.file = open(path, "a", encoding="utf-8")
        self.write("\n")  # after a power cut the last line may be half a one

    def write(self, text):
        self.file.write(text)
        self.file.flush()
        os.fsync(self.file.fileno())

    def has(self, device, what):
        return f"{device['name']} {device['sha256']} {what}" in self.done

    def note(self, device, what):
        line = f"{device['name']} {device['sha256']} {what}"
        self.write(line + "\n")
        self.done.add(line)


class Line:
    def __init__(self, options, station, journal):
        self.options = options
        self.station = station
        self.journal = journal

    def run(self, command):
        """The output of a command that did what it was to do."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired as e:
            raise OfTheDevice(f"{command[0]} took more than {TIMEOUT:.0f} s") from e
        except OSError as e:
            raise OfTheLine(f"{command[0]} does not start: {e}") from e
        if done.returncode != 0:
            print(done.stdout, file=sys.stderr)
            raise OfTheDevice(f"{command[0]} failed ({done.returncode})")
        return done.stdout

    def esptool(self, verb, *arguments):
        if ESPTOOL.endswith(".py"):
            verb = verb.replace("-", "_")
        return self.run([ESPTOOL, "--chip", self.options.chip, "--port", self.options.port, verb, *arguments])

    def mac(self, scanned):
        """That of the chip, which is the one that was scanned."""
        found = MAC.search(self.esptool("read-mac"))
        if found is None:
            raise OfTheDevice("esptool told no MAC")
        mac = found.group(1).lower()
        if scanned and re.sub("[:-]", "", scanned).lower() != mac.replace(":", ""):
            raise OfTheDevice(f"{scanned} was scanned, but {mac} is connected")
        return mac

    def device(self, scanned):
        mac = self.mac(scanned)
        device = self.station.ask({"mac": mac, "chip": self.options.chip})
        if device["status"] == "failed":
            words = f"{device.get('name', mac)}: {device['message']}"
            raise (OfTheLine if device["fault"] in OF_THE_STATION else OfTheDevice)(words)
        if self.journal.has(device, "flashed"):
            say(f"{device['name']}: flashed before")
        else:
            self.flash(device)
        self.mark(device, "verified")
        if "efuseFolder" in device:
            self.burn(device)

    def mark(self, device, state):
        """Tells the ledger where the device is in its life; one that is further on stays there."""
        told = self.station.ask({"serial": device["serial"], "mark": state})
        if told["status"] == "failed":
            say(told["message"])

    def flash(self, device):
        image = os.path.join(device["folder"], IMAGE)
        offset = partition_offset(device["folder"])
        self.esptool("write-flash", offset, image)
        self.esptool("verify-flash", offset, image)
        self.report(device, "flashed")
        say(f"{device['name']}: flashed and verified")

    def burn(self, device):
        script = os.path.join(device["efuseFolder"], "burn.sh")
        if self.journal.has(device, "burned"):
            say(f"{device['name']}: burned before")
        elif not self.options.burn:
            say(f"{device['name']}: not burned; --burn, or: sh {script} {self.options.port}")
        elif self.journal.has(device, "burning"):
            raise OfTheDevice(f"{device['name']}: was cut off while it was burned; look at: espefuse summary")
        else:
            self.journal.note(device, "burning")
            self.run(["sh", script, self.options.port, "--yes"])
            self.report(device, "burned")
            say(f"{device['name']}: burned; where the store is: devpki efuse confirm {device['name']}")

    def report(self, device, what):
        """Notes what was done, durably."""
        self.journal.note(device, what)


def partition_offset(folder):
    """Of the partition esp_secure_cert, from the bundle's line for the partition table."""
    try:
        with open(os.path.join(folder, "esp_secure_cert.partitions.csv"), encoding="utf-8") as table:
            for line in table:
                cells = [cell.strip() for cell in line.split(",")]
                if cells[0] == "esp_secure_cert":
                    return cells[3]
    except OSError as e:
        raise OfTheLine(f"{e}; is --format esp-secure-cert among the station's options?") from e
    raise OfTheLine(f"{folder} names no partition esp_secure_cert")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--port", default="/dev/ttyUSB0")
    arguments.add_argument("--chip", default="esp32c3")
    arguments.add_argument("--journal", default="line-station.journal")
    arguments.add_argument("--burn", action="store_true", help="burn eFuses too, which cannot be undone")
    arguments.add_argument("station", nargs="+", help="options of devpki station, such as --batch L3W47 --out out/")
    options = arguments.parse_args()
    station = Station(options.station)
    line = Line(options, station, Journal(options.journal))
    failed = 0
    try:
        for scanned in sys.stdin:
            try:
                line.device(scanned.strip())
            except OfTheDevice as e:
                failed += 1
                say(f"{e}; put aside, connect it again to try again")
    except OfTheLine as e:
        say(f"stopped: {e}")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        station.end()
    if failed:
        say(f"{failed} failed; the same again goes on with them")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
