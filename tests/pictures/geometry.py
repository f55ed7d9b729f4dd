"""What must hold of every layout, told from its numbers alone."""

from __future__ import annotations

from itertools import pairwise

from convcost.pictures import Layout


def faults(placed: Layout) -> list[str]:
    """Everything that is wrong with a layout, in words."""
    return [*_boxes(placed), *_texts(placed), *_edges(placed), *_labels(placed)]


def _rectangle(box):
    return box.x, box.y, box.x + box.width, box.y + box.height


def _meet(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _boxes(placed):
    frame = (0, 0, placed.width, placed.height)
    boxes = sorted(placed.boxes, key=lambda box: box.y)
    for place, box in enumerate(boxes):
        x0, y0, x1, y1 = mine = _rectangle(box)
        if x0 < frame[0] or y0 < frame[1] or x1 > frame[2] or y1 > frame[3]:
            yield f"{box.box.key} leaves the frame"
        for other in boxes[place + 1 :]:
            if other.y >= y1:
                break
            if _meet(mine, _rectangle(other)):
                yield f"{box.box.key} overlaps {other.box.key}"
    if sorted(box.box.key for box in boxes) != sorted(box.key for box in placed.diagram.boxes):
        yield "not every box has one place"


def _texts(placed):
    for box in placed.boxes:
        if sum(line.height for line in box.size.lines) > box.height - box.size.stack:
            yield f"{box.box.key} is too low for its lines"
        for line in box.size.lines:
            if line.width > box.width - box.size.stack:
                yield f"{box.box.key}: {line.text} is too wide"


def _edges(placed):
    if [each.edge for each in placed.edges] != list(placed.diagram.edges):
        yield "not every edge has one line"
    for each in placed.edges:
        # Only in a U do lines go up, or from one arm to the other.
        rises = each.points[-1][1] <= each.points[0][1]
        name = f"{each.edge.source}->{each.edge.target}"
        source, target = placed.by_key[each.edge.source], placed.by_key[each.edge.target]
        (x, y), (*_, (u, v)) = each.points[0], each.points
        if not _at_bottom(x, y, source) and not (rises and (_at_top(x, y, source) or _at_side(x, y, source))):
            yield f"{name} does not start at its box"
        good = _at_top(u, v, target) or _at_side(u, v, target)
        if not good and not (rises and _at_bottom(u, v, target)):
            yield f"{name} does not end at its box"
        for (a, b), (c, d) in pairwise(each.points):
            if a != c and b != d:
                yield f"{name} is not straight"
            segment = (min(a, c), min(b, d), max(a, c), max(b, d))
            if segment[0] < 0 or segment[1] < 0 or segment[2] > placed.width or segment[3] > placed.height:
                yield f"{name} leaves the frame"
            for box in placed.boxes:
                if _crosses(segment, _rectangle(box)):
                    yield f"{name} runs through {box.box.key}"


def _at_top(x, y, box):
    return y == box.y and box.x <= x <= box.x + box.width


def _at_bottom(x, y, box):
    return y == box.y + box.height and box.x <= x <= box.x + box.width


def _at_side(x, y, box):
    return x in (box.x, box.x + box.width) and box.y < y < box.y + box.height


def _crosses(segment, box):
    """Whether an upright or level line has a point inside a box; its border is outside."""
    x0, y0, x1, y1 = segment
    return (
        x0 < box[2]
        and box[0] < x1 + (x0 == x1)
        and y0 < box[3]
        and box[1] < y1 + (y0 == y1)
        and not ((x0 == x1 and not box[0] < x0 < box[2]) or (y0 == y1 and not box[1] < y0 < box[3]))
    )


def _labels(placed):
    from convcost.pictures.textwidth import width

    for label in placed.labels:
        area = (label.x, label.y - 8, label.x + width(label.text, 10), label.y + 2)
        if area[2] > placed.width:
            yield f"the label of {label.key} leaves the frame"
        for box in placed.boxes:
            if _meet(area, _rectangle(box)):
                yield f"the label of {label.key} meets {box.box.key}"
        for other in placed.labels:
            if other.key < label.key:
                mine = (other.x, other.y - 8, other.x + width(other.text, 10), other.y + 2)
                if _meet(area, mine):
                    yield f"the labels of {label.key} and {other.key} meet"
        for each in placed.edges:
            for (a, b), (c, d) in pairwise(each.points):
                if _crosses((min(a, c), min(b, d), max(a, c), max(b, d)), area):
                    yield f"a line crosses the label of {label.key}"
