"""Reads back what `two-phase run` writes, without two-phase.

    two-phase run QUERY --json run.json --csv run.csv --weights run.safetensors
    python tests/readback/readback.py run.json run.csv run.safetensors [docs/contracts.md]

It needs numpy, pandas and safetensors. It computes the accuracy of every network from its weights
and samples, and compares it with the report to the last digit. It compares every value of the table
with the report. With the name of the document and a run of the default experiment, it also runs the
lines for PyTorch and JAX that stand there, as far as those libraries are installed.
"""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
from safetensors import safe_open

ACTIVATIONS = {
    "quadratic": lambda x: x * x,
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "gelu": lambda x: x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "linear": lambda x: x,
}


def outputs(own, activations, x):
    """The outputs of a network with the tensors `own` for the inputs `x`."""
    if x.dtype == np.int32:
        elements = own["embedding"].shape[0] if "embedding" in own else None
        elements = elements or own["layer-1.weight"].shape[1] // 2
        x = np.eye(elements, dtype=np.float32)[x]
        x = x @ own["embedding"] if "embedding" in own else x
        x = x.reshape(len(x), -1)
    for layer, activation in enumerate([*activations, "linear"], 1):
        x = x @ own[f"layer-{layer}.weight"].T + own.get(f"layer-{layer}.bias", 0)
        x = ACTIVATIONS[activation](x)
    return x


def accuracy(own, activations, samples):
    """The fraction of right answers, in single precision as the report has it."""
    out = outputs(own, activations, own[f"{samples}.inputs"])
    if f"{samples}.labels" in own:
        right = out.argmax(1) == own[f"{samples}.labels"]
    else:
        right = out * own[f"{samples}.targets"] > 0
    return np.float32(right.sum()) / np.float32(right.size)


def check_weights(report, path):
    """Holds the accuracies of the report to the weights."""
    with safe_open(path, "numpy") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    activations = [name for name in metadata["activations"].split(",") if name]
    checked = 0
    for index, member in enumerate(report["members"]):
        start = f"member-{index}."
        own = {n[len(start) :]: t for n, t in tensors.items() if n.startswith(start)}
        assert own, f"the file lacks member {index}"
        assert metadata["step"] == str(member["curves"]["step"][-1]), "another step"
        for samples in ["train", "test"]:
            got = accuracy(own, activations, samples)
            expected = np.float32(member["final"][samples]["accuracy"])
            assert got == expected, f"member {index}, {samples}: {got} and not {expected}"
            checked += 1
    print(f"{checked} accuracies agree to the last digit")


def check_table(report, path):
    """Holds every value of the table to the report."""
    table = pd.read_csv(path, comment="#")
    assert list(table.columns) == ["member", "step", "curve", "value"]
    found = table.set_index(["member", "curve", "step"])["value"]
    expected = {}
    for index, member in enumerate(report["members"]):
        for group in ["curves", "measures"]:
            for name, values in member[group].items():
                if name != "step":
                    for step, value in zip(member[group]["step"], values, strict=True):
                        expected[index, name, step] = value
    assert len(found) == len(expected), f"{len(found)} values and not {len(expected)}"
    for key, value in expected.items():
        got = found[key]
        assert (value is None and np.isnan(got)) or np.float32(got) == np.float32(value), key
    print(f"{len(expected)} values of the table are those of the report")


def check_lines(documents, weights):
    """Runs the lines of Python that the documentation shows, where their library is there."""
    with open(documents, encoding="utf-8") as file:
        blocks = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
    for block in blocks:
        library = next((name for name in ["torch", "jax"] if f"import {name}\n" in block), None)
        if library is None:
            continue
        if subprocess.run([sys.executable, "-c", f"import {library}"], capture_output=True).returncode:
            print(f"{library} is not installed: its lines are not run")
            continue
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(weights, os.path.join(folder, "two-phase.safetensors"))
            run = subprocess.run([sys.executable, "-c", block], cwd=folder, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        last = run.stdout.strip().splitlines()[-1]
        assert 0 <= float(last) <= 1, last
        print(f"{library} reads the weights and goes on training: test accuracy {last}")


def main():
    report_path, table, weights = sys.argv[1:4]
    with open(report_path, encoding="utf-8") as file:
        report = json.load(file)
    assert report["version"] == 2, "a report of another version"
    check_weights(report, weights)
    check_table(report, table)
    if len(sys.argv) > 4:
        check_lines(sys.argv[4], weights)


if __name__ == "__main__":
    main()
