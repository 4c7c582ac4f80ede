"""What the contenders are asked to do, as JSON files that all of them read: the same edits for everybody.

B1 to B3 are those of https://github.com/dmonad/crdt-benchmarks with N = 6000; traces are files of
https://github.com/josephg/editing-traces, of which automerge-paper is B4. An edit is [position, erased, inserted].
"""

import gzip
import json
import math
import pathlib
import random
import string

N = 6000
CLIENTS = 20 * math.isqrt(N)
START = "".join(random.Random(1).choices(string.ascii_lowercase, k=100))


def word(rng):
    return "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 9)))


def inserts_at_random(rng, piece, length=0):
    for _ in range(N):
        inserted = piece(rng)
        yield [rng.randint(0, length), 0, inserted]
        length += len(inserted)


def inserts_and_deletes(rng, length=0):
    for _ in range(N):
        at = rng.randint(0, length)
        if at == length or rng.random() < 0.5:
            inserted = word(rng)
            yield [at, 0, inserted]
            length += len(inserted)
        else:
            erased = rng.randint(1, min(9, length - at))
            yield [at, erased, ""]
            length -= erased


def letter(rng):
    return rng.choice(string.ascii_lowercase)


def number(rng):
    return [rng.randrange(2**31)]


def text(edits):
    return {"kind": "text", "edits": list(edits)}


def numbers(edits):
    return {"kind": "numbers", "edits": [[at, erased, inserted or []] for at, erased, inserted in edits]}


def pair(edits, start=START):
    return {"kind": "pair", "start": start, "edits": [list(edits(random.Random(seed))) for seed in (2, 3)]}


def crowd(action):
    return {"kind": "crowd", "clients": CLIENTS, "action": action}


def synthetic():
    """B1 to B3, by name."""
    rng = random.Random(42)
    whole = "".join(letter(rng) for _ in range(N))
    start = len(START)
    return {
        "B1.1 append characters": text([i, 0, c] for i, c in enumerate(whole)),
        "B1.2 insert one string": text([[0, 0, whole]]),
        "B1.3 prepend characters": text([0, 0, c] for c in whole),
        "B1.4 characters at random": text(inserts_at_random(rng, letter)),
        "B1.5 words at random": text(inserts_at_random(rng, word)),
        "B1.6 insert and delete one string": text([[0, 0, whole], [0, N, ""]]),
        "B1.7 inserts and deletes at random": text(inserts_and_deletes(rng)),
        "B1.8 append numbers": numbers([i, 0, number(rng)] for i in range(N)),
        "B1.9 insert one array": numbers([[0, 0, [number(rng)[0] for _ in range(N)]]]),
        "B1.10 prepend numbers": numbers([0, 0, number(rng)] for _ in range(N)),
        "B1.11 numbers at random": numbers(inserts_at_random(rng, number)),
        "B2.1 two insert one string": pair(lambda r: [[0, 0, "".join(letter(r) for _ in range(N))]], start=""),
        "B2.2 two insert characters": pair(lambda r: inserts_at_random(r, letter, start)),
        "B2.3 two insert words": pair(lambda r: inserts_at_random(r, word, start)),
        "B2.4 two insert and delete": pair(lambda r: inserts_and_deletes(r, start)),
        "B3.1 many set a number": crowd("number"),
        "B3.2 many set an object": crowd("object"),
        "B3.3 many set a string": crowd("string"),
        "B3.4 many insert a text": crowd("text"),
    }


def read_trace(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        trace = json.load(file)
    if trace.get("kind") == "concurrent":
        return {"kind": "concurrent", "agents": trace["numAgents"], "transactions": trace["txns"]}
    return {"kind": "trace", "edits": [p for t in trace["txns"] for p in t["patches"]]}


def write_all(folder, traces):
    """Writes every workload to `folder`, which is a cache; returns {name: (file, kind)}."""
    files = {}
    made = synthetic()
    for trace in traces:
        made[pathlib.Path(trace.name.removesuffix(".gz")).stem] = read_trace(trace)
    for name, workload in made.items():
        files[name] = (folder / f"{name.split()[0]}.json", workload["kind"])
        files[name][0].write_text(json.dumps(workload), encoding="utf-8")
    return files
