"""Compares the magnets of this package with magpylib, an independent open-source library (BSD 2-clause licence).

    python3 tests/magpylib/compare.py [POINTS] [ROWS]

`./check` runs it. It makes a virtual environment under target/, installs the version below into it, has the example
`field_points` print B and its gradient at random points outside each magnet, once from the CPU back-end and once from the
GPU's, and compares them with magpylib's B and with fourth-order differences of it (gradients: at points 0.01 mm and more from
the surface). Exit code 1 if anything is off by more than its tolerance.

ROWS is a file of what `field_points POINTS gpu` printed on another machine, and is compared instead of this one's GPU back-end.

Points that the host computed in f64, all of the CPU back-end's and with the GPU's what lies too near to a magnet for f32, are counted: more
than one in twenty of them with the GPU, and the comparison fails. Errors are relative to |B|; those of the gradient to its Frobenius norm.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

VERSION = "6.2.0"
# B and its gradient. A hundred radii from a slender bar magpylib's B comes with errors near 1e-7, and differences over short
# steps magnify them.
TOLERANCES = {"cpu": (1e-5, 1e-4), "gpu": (1e-4, 1e-4)}
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


def field_points(count, backend, printed=None):
    """Descriptions of the magnets, the rows printed for each, and what computed them."""
    # the build that the tests have made already
    command = ["cargo", "run", "--quiet", "--locked", "--example", "field_points", "--", str(count), backend]
    if printed and backend == "gpu":
        text = Path(printed).read_text()
    else:
        text = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    what, rows, device = {}, {}, ""
    for line in text.splitlines():
        if line.startswith("# magnet "):
            name, *words = line.split()[2:]
            what[name], rows[name] = describe(words), []
        elif line.startswith("# computed on "):
            device = line.removeprefix("# computed on ")
        else:
            name, *numbers = line.split(",")
            rows[name].append([float(x) for x in numbers])
    return what, rows, device


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


def reference(other, at, b, gradient, clearance):
    """magpylib's B and its gradient by differences, with steps fit for a field `b` of that gradient."""
    import numpy as np

    # well below the distance over which the field changes, |B|/|grad B|, and that to the surface
    length = 5e-3 * np.minimum(np.linalg.norm(b, axis=1) / np.linalg.norm(gradient, axis=(1, 2)), clearance)
    slope = np.empty_like(gradient)
    for axis in range(3):
        step = np.zeros_like(at)
        step[:, axis] = length
        difference = 8 * (other.getB(at + step) - other.getB(at - step))
        difference -= other.getB(at + 2 * step) - other.getB(at - 2 * step)
        slope[:, :, axis] = difference / (12 * length[:, None])
    return other.getB(at), slope


def main():
    inside_environment()
    import magpylib
    import numpy as np

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"magpylib {magpylib.__version__}, numpy {np.__version__}, {count} points a magnet")
    printed = sys.argv[2] if len(sys.argv) > 2 else None
    failed, known = False, {}
    for backend, (tolerance, gradient_tolerance) in TOLERANCES.items():
        what, rows, device = field_points(count, backend, printed)
        print(f"{backend}: {device}; B within {tolerance:g}, gradients {gradient_tolerance:g}")
        print(
            f"{'magnet':10} {'worst B':>10} {'median B':>10} {'99.9 % B':>10} {'worst grad':>11} {'median grad':>12}"
            f" {'f64 on the host':>16}"
        )
        host = []
        for name, described in what.items():
            data = np.array(rows[name])
            at, b, gradient = data[:, :3] * 1e-3, data[:, 3:6], data[:, 6:15].reshape(-1, 3, 3) * 1e3
            if len(data) != count or not np.isfinite(data).all():
                sys.exit(f"{name}: {len(data)} points, or numbers that are not finite")
            if name not in known:
                known[name] = (at, *reference(magnet(described), at, b, gradient, data[:, 15] * 1e-3))
            places, true_b, true_gradient = known[name]
            assert (places == at).all(), "the back-ends were asked for different points"
            error = np.linalg.norm(true_b - b, axis=1) / np.linalg.norm(true_b, axis=1)
            off = np.linalg.norm(true_gradient - gradient, axis=(1, 2)) / np.linalg.norm(true_gradient, axis=(1, 2))
            # nearer than this the steps are too short for differences of doubles
            off = off[data[:, 15] > 1e-2]
            failed |= not (error.max() <= tolerance and off.max() <= gradient_tolerance)
            print(
                f"{name:10} {error.max():10.1e} {np.median(error):10.1e} {np.quantile(error, 0.999):10.1e}"
                f" {off.max():11.1e} {np.median(off):12.1e} {100 * data[:, 16].mean():14.2f} %"
            )
            host.append(data[:, 16].mean())
        print(f"{backend}: {100 * np.mean(host):.2f} % of all points were computed by the host in f64")
        # else the adapter would have been compared with nothing
        failed |= backend == "gpu" and not np.mean(host) < 0.05
    print("FAILED" if failed else "all within the bounds")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
