"""Arrays as NumPy writes them, of each type the numbers 0, 1, ... 5: python make_arrays.py"""

import numpy as np

types = "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 ?".split()
arrays = {"float_scalar": np.float32(3), "empty": np.zeros((0, 4), "f4")}
for t in types:
    arrays[np.dtype(t).name] = np.arange(6).astype(t).reshape(2, 3)
np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays)
np.savez("single.npz", arrays["float32"])
np.save("single.npy", arrays["float32"])
np.savez("refused.npz", big=arrays["float32"].astype(">f4"), fortran=arrays["float32"].T,
         text=np.array(["a"]), record=np.zeros(2, [("a", "f4")]), complex=np.zeros(2, "c8"))
