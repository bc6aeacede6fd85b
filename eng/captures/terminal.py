"""Runs a command in a pseudo terminal, and writes what the terminal shows as SVG. eng/captures.sh calls it.

    terminal.py --columns 100 [--at PATTERN --middle FILE] [--end FILE] [--stop|--until] [--tail ROWS] [--title TEXT] -- COMMAND...

The middle is the moment at which the command has printed what the pattern matches. '-' for a file prints the text. A picture holds the
text as text, with colours for light and for dark pages.
"""

import argparse
import codecs
import fcntl
import html
import os
import pty
import re
import signal
import struct
import sys
import termios
import unicodedata

TOKENS = re.compile(r"\x1b\[(\??)([0-9;:]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\n\r\t\b\x07]|[^\x1b\n\r\t\b\x07]+")
PAINTED = "\x1b[?7h\r"
GOES_ON, STOPS, ENDS = range(3)
STYLES = {"1": "bold", "2": "faint", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}


class Terminal:
    """A terminal with what Metaflow writes: colours, returns, erasing, movements up, and lines that are not broken."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [[]]
        self.row = self.column = 0
        self.styles = ()
        self.wraps = True
        self.rest = ""

    def feed(self, text):
        text = self.rest + text
        cut = text.rfind("\x1b")
        unfinished = cut >= 0 and not re.match(r"\x1b(\[\??[0-9;:]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\)|[^\[\]])", text[cut:])
        self.rest = text[cut:] if unfinished else ""
        for token in TOKENS.finditer(text[: len(text) - len(self.rest)]):
            self.take(token.group(), token)

    def take(self, word, token):
        if token.group(3):
            self.control(token.group(1), token.group(2), token.group(3))
        elif word == "\n":
            self.down()
        elif word == "\r":
            self.column = 0
        elif word == "\t":
            self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)
        elif word == "\b":
            self.column = max(0, self.column - 1)
        elif word[0] >= " ":
            for letter in word:
                self.put(letter)

    def control(self, private, numbers, action):
        if private:
            self.wraps = self.wraps if numbers != "7" else action == "h"
        elif action == "m":
            for number in (numbers or "0").split(";"):
                self.styles = () if number in ("0", "") else self.styles + ((STYLES[number],) if number in STYLES else ())
        elif action == "A":
            self.row = max(0, self.row - int(numbers or 1))
        elif action == "J":
            del self.lines[self.row + 1:]
            del self.lines[self.row][self.column:]
        elif action == "K":
            del self.lines[self.row][0 if numbers == "2" else self.column:]

    def down(self):
        self.row += 1
        self.column = 0
        if self.row == len(self.lines):
            self.lines.append([])

    def put(self, letter):
        width = 0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if self.column + width > self.columns:
            if not self.wraps:
                return
            self.down()
        line = self.lines[self.row]
        line.extend([(" ", ())] * (self.column - len(line)))
        line[self.column:self.column + width] = [(letter, self.styles)] + [("", self.styles)] * (width - 1)
        self.column += width


def shown(lines, tail):
    lines = list(lines)
    while lines and not "".join(letter for letter, _ in lines[-1]).strip():
        lines.pop()
    return lines[-tail:] if tail else lines


CSS = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: #24292f }
.back { fill: #ffffff; stroke: #d0d7de } .title { fill: #57606a }
.bold { font-weight: bold } .faint { fill: #6e7781 } .red { fill: #cf222e } .green { fill: #116329 } .yellow { fill: #7d4e00 }
.cyan { fill: #1b7c83 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .back { fill: #0d1117; stroke: #30363d } .title { fill: #8b949e }
.faint { fill: #8b949e } .red { fill: #ff7b72 } .green { fill: #3fb950 } .yellow { fill: #d29922 } .cyan { fill: #39c5cf } }
"""


def spans(line):
    """Returns the parts of a line of one style, each with its column."""
    parts = []
    for column, (letter, styles) in enumerate(line):
        if parts and parts[-1][1] == styles:
            parts[-1][2] += letter
        else:
            parts.append([column, styles, letter])
    return [(column, styles, text.rstrip() if text.isspace() else text) for column, styles, text in parts if text.strip()]


def svg(lines, columns, title):
    wide, high, left, top = 8.43, 19, 14, 48
    rows = []
    for row, line in enumerate(lines):
        for column, styles, text in spans(line):
            classes = f' class="{" ".join(styles)}"' if styles else ""
            length = f' textLength="{len(text) * wide:.1f}" lengthAdjust="spacingAndGlyphs"'
            place = f'x="{left + column * wide:.1f}" y="{top + row * high}"'
            rows.append(f"<text {place}{length}{classes}>{html.escape(text, quote=False)}</text>")
    width, height = left * 2 + columns * wide, top + len(lines) * high
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" role="img">\n'
        f"<title>{html.escape(title)}</title>\n<style>{CSS}</style>\n"
        f'<rect class="back" x="0.5" y="0.5" width="{width - 1:.0f}" height="{height - 1}" rx="8"/>\n'
        f'<text class="title" x="{left}" y="24">{html.escape(title, quote=False)}</text>\n' + "\n".join(rows) + "\n</svg>\n")


def run(command, columns, rows, at, then):
    """Returns the lines of the terminal at the moment that was asked for, and when the command has ended."""
    terminal = Terminal(columns)
    process, descriptor = pty.fork()
    size = struct.pack("HHHH", rows, columns, 0, 0)
    if process == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, size)
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", LC_ALL="C.UTF-8", MSBUILDTERMINALLOGGER="off")
        for name in ("CI", "NO_COLOR"):
            os.environ.pop(name, None)
        os.execvp(command[0], command)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    middle, is_due = None, False
    while data := read(descriptor):
        text = decoder.decode(data)
        terminal.feed(text)
        is_due = is_due or bool(at and re.search(at, text))

        # A terminal hands out long texts in pieces: the picture is of whole paintings.
        if is_due and middle is None and text.endswith(PAINTED):
            middle = [list(line) for line in terminal.lines]
            if then == STOPS:
                os.write(descriptor, b"\x03")
            elif then == ENDS:
                os.kill(process, signal.SIGTERM)
    os.waitpid(process, 0)
    if at and middle is None:
        sys.exit(f"'{at}' never came: the command ended before")
    return middle, terminal.lines


def read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def write(path, lines, given):
    lines = shown(lines, given.tail)
    if path == "-":
        print("\n".join("".join(letter for letter, _ in line).rstrip() for line in lines))
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(svg(lines, given.columns, given.title))


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--at")
    parser.add_argument("--middle")
    parser.add_argument("--end")
    parser.add_argument("--stop", action="store_true", help="press Ctrl-C at the moment of the pattern")
    parser.add_argument("--until", action="store_true", help="end the command at that moment, which is the picture of its end")
    parser.add_argument("--tail", type=int, default=0)
    parser.add_argument("--title", default="")
    given = parser.parse_args(sys.argv[1:split])
    middle, end = run(sys.argv[split + 1:], given.columns, given.rows, given.at, STOPS if given.stop else ENDS if given.until else GOES_ON)
    end = middle if given.until else end
    if given.middle:
        write(given.middle, middle, given)
    if given.end:
        write(given.end, end, given)


main()
