"""Makes the files of this folder, with the libraries that users have. Run: python3 make.py (numpy, safetensors, h5py)

Element (i, j, k) of every float array of shape (7, 2, 3) is (6 i + 3 j + k - 11) / 4, exact in every format.
"""
import json, os, struct
import h5py, numpy as np
from safetensors.numpy import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))
x = (np.arange(42).reshape(7, 2, 3) - 11) / 4
floats = {"half": "<f2", "half-big": ">f2", "single": "<f4", "single-big": ">f4", "double": "<f8", "double-big": ">f8"}
arrays = {name: x.astype(kind) for name, kind in floats.items()}
arrays |= {f"block/{name}-fortran": np.asfortranarray(array) for name, array in list(arrays.items())}
others = {"labels": np.arange(7), "flags": np.zeros(7, bool), "names": np.array(list("abcdefg")), "epoch": np.float32(3)}

np.savez("stored.npz", **arrays, **others)
np.savez_compressed("deflated.npz", **arrays, **others)
os.makedirs("folder", exist_ok=True)
for name in ("half", "single-big", "double"):
    np.save(f"folder/{name}.npy", arrays[name])
np.lib.format.write_array(open("folder/version2.npy", "wb"), x.astype("<f4"), version=(2, 0))
np.save("folder/wide-fortran.npy", np.asfortranarray(x.reshape(7, 6)))

little = {name: array for name, array in arrays.items() if "big" not in name and "/" not in name}
save_file(little | {"labels": others["labels"], "flags": others["flags"]}, "library.safetensors", metadata={"format": "np"})

# bfloat16, which numpy has not: the upper half of a float32. Names in an order of their own.
brain = (x.astype("<f4").view("<u4") >> 16).astype("<u2")
parts = [("zeta", "F32", x.astype("<f4")), ("alpha", "BF16", brain), ("tiny", "F8_E4M3", np.zeros(42, "u1").reshape(7, 2, 3))]
head, at, data = {"__metadata__": {"by": "hand"}}, 0, b""
for name, kind, array in parts:
    head[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
    at += array.nbytes; data += array.tobytes()
text = json.dumps(head).encode(); text += b" " * (-len(text) % 8)
open("brain.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + data)

for version in ("earliest", "v110"):
    with h5py.File(f"{version}.h5", "w", libver=(version, version if version != "earliest" else "latest"), userblock_size=512 if version == "earliest" else 0) as file:
        for name, kind in floats.items():
            file.create_dataset(name, data=x.astype(kind))
        group = file.create_group("block")
        group.create_dataset("chunked", data=x.astype("<f4"), chunks=(3, 2, 2))
        group.create_dataset("deflated", data=x.astype(">f8"), chunks=(2, 1, 3), compression="gzip", shuffle=True, fletcher32=True)
        group.create_dataset("checked", data=x.astype("<f2"), chunks=(4, 2, 3), compression="lzf")
        group.create_group("inner").create_dataset("last", data=x.astype("<f4"))
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE); compact.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple(x.shape)
        h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32BE, space, compact).write(h5py.h5s.ALL, h5py.h5s.ALL, x.astype(">f4"))
        file["labels"] = np.arange(7); file["names"] = [b"a", b"b"]; file["epoch"] = np.float32(3)
        file.create_dataset("unwritten", shape=(7, 4), dtype="<f4", chunks=(7, 4))
        file["soft"] = h5py.SoftLink("/single"); file["outside"] = h5py.ExternalLink("other.h5", "/x"); file["z-again"] = group

# The indices of chunks that version 1.10 added, and groups whose links fill a heap of several blocks.
with h5py.File("indices.h5", "w", libver=("v110", "v110")) as file:
    early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    early.set_chunk((3, 2, 2)); early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    space = h5py.h5s.create_simple(x.shape)
    h5py.h5d.create(file.id, b"implicit", h5py.h5t.IEEE_F32LE, space, early).write(h5py.h5s.ALL, h5py.h5s.ALL, x.astype("<f4"))
    file.create_dataset("single", data=x.astype("<f4"), chunks=(7, 2, 3))
    file.create_dataset("single-deflated", data=x.astype("<f4"), chunks=(7, 2, 3), compression="gzip")
    file.create_dataset("extensible", data=x.astype("<f4"), chunks=(1, 1, 1), maxshape=(None, 2, 3))
    file.create_dataset("tree", data=x.astype("<f4"), chunks=(1, 1, 1), maxshape=(None, None, 3))
    file.create_dataset("tree-deflated", data=x.astype("<f4"), chunks=(2, 1, 3), maxshape=(None, None, 3), compression="gzip")
    many = file.create_group("many", track_order=True)
    for i in range(40):
        many[f"another name of the same array, number {i}"] = h5py.SoftLink("/single")
