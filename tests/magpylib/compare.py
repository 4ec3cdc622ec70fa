"""Compares the magnets of this package with magpylib, an independent open-source library (BSD 2-clause licence).

    python3 tests/magpylib/compare.py [POINTS]

On request only: no test runs it. It makes a virtual environment under target/, installs the version below into it, has
the example `field_points` print B and its gradient at random points outside each magnet, and compares them with
magpylib's B and with fourth-order differences of it (gradients: at points 0.01 mm and more from the surface). Exit code 1
if anything is off by more than its tolerance.

Errors are relative to |B|; those of the gradient to its Frobenius norm.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

VERSION = "6.2.0"
TOLERANCE = 1e-5
# a hundred radii from a slender bar B comes with errors near 1e-7, and differences over short steps magnify them
GRADIENT_TOLERANCE = 1e-4
ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "target" / "magpylib"


def inside_environment():
    """Goes on in the virtual environment, which is made first where there is none."""
    python = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if Path(sys.prefix).resolve() == HOME.resolve():
        return
    if not python.exists():
        venv.create(HOME, with_pip=True)
    quiet = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*quiet, f"magpylib=={VERSION}"], check=True)
    sys.exit(subprocess.run([str(python), __file__, *sys.argv[1:]], check=False).returncode)


def field_points(count):
    """Descriptions of the magnets and the rows printed for each."""
    command = ["cargo", "run", "--quiet", "--release", "--no-default-features", "--example", "field_points", "--"]
    text = subprocess.run([*command, str(count)], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    what, rows = {}, {}
    for line in text.splitlines():
        if line.startswith("# magnet "):
            name, *words = line.split()[2:]
            what[name], rows[name] = describe(words), []
        else:
            name, *numbers = line.split(",")
            rows[name].append([float(x) for x in numbers])
    return what, rows


def describe(words):
    """`kind key number.. key number..` as a dictionary."""
    out, key = {"kind": words[0]}, None
    for word in words[1:]:
        if word[0].isalpha():
            key = word
            out[key] = []
        else:
            out[key].append(float(word))
    return out


def magnet(what):
    """The same magnet in magpylib, which counts in metres."""
    import magpylib
    import numpy as np
    from scipy.spatial.transform import Rotation

    place = {"position": np.array(what["centre"]) * 1e-3, "orientation": Rotation.from_quat(what["rotation"])}
    if what["kind"] == "cuboid":
        sides = np.array(what["sides"]) * 1e-3
        return magpylib.magnet.Cuboid(dimension=sides, polarization=what["polarisation"], **place)
    if what["kind"] == "cylinder":
        size = (2e-3 * what["radius"][0], 1e-3 * what["height"][0])
        return magpylib.magnet.Cylinder(dimension=size, polarization=(0, 0, what["polarisation"][0]), **place)
    if what["kind"] == "ring":
        size = (*(1e-3 * what[key][0] for key in ("inner", "outer", "height")), 0, 360)
        return magpylib.magnet.CylinderSegment(dimension=size, polarization=(0, 0, what["polarisation"][0]), **place)
    # the moment of the dipole is given in the world's axes
    return magpylib.misc.Dipole(moment=what["moment"], position=place["position"])


def main():
    inside_environment()
    import magpylib
    import numpy as np

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    what, rows = field_points(count)
    print(f"magpylib {magpylib.__version__}, numpy {np.__version__}, {count} points a magnet")
    print(f"{'magnet':10} {'worst B':>10} {'median B':>10} {'99.9 % B':>10} {'worst grad':>11} {'median grad':>12}")
    failed = False
    for name, described in what.items():
        data = np.array(rows[name])
        at, b, gradient = data[:, :3] * 1e-3, data[:, 3:6], data[:, 6:15].reshape(-1, 3, 3) * 1e3
        other = magnet(described)
        error = np.linalg.norm(other.getB(at) - b, axis=1) / np.linalg.norm(b, axis=1)
        slope = np.empty_like(gradient)
        # a step well below the distance over which the field changes, |B|/|grad B|, and that to the surface
        length = np.linalg.norm(b, axis=1) / np.linalg.norm(gradient, axis=(1, 2))
        length = 5e-3 * np.minimum(length, data[:, 15] * 1e-3)
        for axis in range(3):
            step = np.zeros_like(at)
            step[:, axis] = length

            def value(k):
                return other.getB(at + k * step)

            difference = 8 * (value(1) - value(-1)) - (value(2) - value(-2))
            slope[:, :, axis] = difference / (12 * length[:, None])
        off = np.linalg.norm(slope - gradient, axis=(1, 2)) / np.linalg.norm(gradient, axis=(1, 2))
        # nearer than this the steps are too short for differences of doubles
        off = off[data[:, 15] > 1e-2]
        failed |= error.max() > TOLERANCE or off.max() > GRADIENT_TOLERANCE
        print(
            f"{name:10} {error.max():10.1e} {np.median(error):10.1e} {np.quantile(error, 0.999):10.1e}"
            f" {off.max():11.1e} {np.median(off):12.1e}"
        )
    print("FAILED" if failed else f"all within {TOLERANCE:g}, gradients {GRADIENT_TOLERANCE:g}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
