#!/usr/bin/env python3
"""Draws the icon of the packages, a graph that branches and joins: python3 eng/icon.py writes eng/icon.png."""
import math
import pathlib
import struct
import zlib

SIZE = 128
SAMPLES = 4  # in each direction of a pixel, for smooth edges
BACKGROUND, LINE, NODE = (81, 43, 212), (196, 181, 253), (255, 255, 255)
START, UPPER, LOWER, END = (26, 64), (64, 34), (64, 94), (102, 64)
EDGES = [(START, UPPER), (START, LOWER), (UPPER, END), (LOWER, END)]


def distance_to_edge(x, y, edge):
    (x1, y1), (x2, y2) = edge
    along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
    along = min(1, max(0, along))
    return math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))


def color_at(x, y):
    """Returns the red, green, blue and opacity of a point."""
    outside = [max(0, abs(c - SIZE / 2) - (SIZE / 2 - 24)) for c in (x, y)]
    if math.hypot(*outside) > 24:
        return (0, 0, 0, 0)
    if any(math.hypot(x - nx, y - ny) < 13 for nx, ny in (START, UPPER, LOWER, END)):
        return (*NODE, 255)
    return (*(LINE if any(distance_to_edge(x, y, edge) < 4 for edge in EDGES) else BACKGROUND), 255)


def pixel(column, row):
    points = [color_at(column + (i + 0.5) / SAMPLES, row + (j + 0.5) / SAMPLES) for i in range(SAMPLES) for j in range(SAMPLES)]
    opacity = sum(point[3] for point in points)
    colors = [round(sum(point[c] * point[3] for point in points) / opacity) if opacity else 0 for c in range(3)]
    return bytes([*colors, round(opacity / len(points))])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))
header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
image = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
(pathlib.Path(__file__).parent / "icon.png").write_bytes(image)
