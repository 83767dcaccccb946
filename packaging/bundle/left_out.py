"""What the bundle leaves out. The smoke test passes without all of it."""

from fnmatch import fnmatch
from pathlib import PurePath

# Modules, with all below them, by why. Something imports each of them, but nothing of
# ours comes to the place where it would be used.
MODULES = {
    "drawing of mmengine's visualizer; SegDesk's curves are pyqtgraph's": (
        "matplotlib",
        "mpl_toolkits",
        "pylab",
        "fontTools",
        "kiwisolver",
        "contourpy",
        "dateutil",
        "cycler",
    ),
    "other people's windows, shells, tests": (
        "tkinter",
        "_tkinter",
        "IPython",
        "pytest",
        "_pytest",
        "py",
        "hypothesis",
        "_hypothesis_ftz_detector",
        "_hypothesis_globals",
        "_hypothesis_pytestplugin",
        "doctest",
        "lib2to3",
        "idlelib",
        "pip",
        "ensurepip",
    ),
    "batches on several machines are an extra of the pip install": ("ray",),
    "what only a developer of SegDesk or of a package has": (
        "mypy",
        "yapf.yapftests",
        "numpy.testing.tests",
        "sympy.testing",
        "networkx.tests",
        "jsonschema",
    ),
    "statistics and signals: only scipy.optimize, sparse and ndimage are asked for": (
        "scipy.stats",
        "scipy.signal",
        "scipy.io",
        "scipy.cluster",
        "scipy.odr",
        "scipy.datasets",
        "scipy.misc",
        "scipy.fftpack",
        "scipy.differentiate",
    ),
    "torch's own tools and tests": (
        "tensorboard",
        "torch.utils.tensorboard",
        "torch.utils.benchmark",
        "torch.utils.bottleneck",
        "torch.utils.model_dump",
        "torch.utils.hipify",
        "torch.distributed.pipelining",
        "torch.testing._internal.codegen",
        "torch.testing._internal.common_distributed",
        "torch.testing._internal.common_fsdp",
        "torch.testing._internal.common_methods_invocations",
        "torch.testing._internal.common_modules",
        "torch.testing._internal.common_nn",
        "torch.testing._internal.common_optimizers",
        "torch.testing._internal.common_quantization",
        "torch.testing._internal.common_utils",
        "torch.testing._internal.distributed.distributed_test",
        "torch.testing._internal.distributed.rpc",
        "torch.testing._internal.generated",
        "torch.testing._internal.jit_metaprogramming_utils",
        "torch.testing._internal.opinfo",
        "torch.testing._internal.test_module",
    ),
    "ONNX: files are written and run, nothing is tuned or quantised": (
        "onnx.backend.test",
        "onnxruntime.transformers",
        "onnxruntime.quantization",
        "onnxruntime.tools",
    ),
    "codecs that no TIFF is written with": (
        "imagecodecs._aec",
        "imagecodecs._apng",
        "imagecodecs._avif",
        "imagecodecs._bcn",
        "imagecodecs._bitshuffle",
        "imagecodecs._blosc",
        "imagecodecs._blosc2",
        "imagecodecs._bmp",
        "imagecodecs._brotli",
        "imagecodecs._bz2",
        "imagecodecs._cms",
        "imagecodecs._gif",
        "imagecodecs._h5checksum",
        "imagecodecs._heif",
        "imagecodecs._htj2k",
        "imagecodecs._lz4",
        "imagecodecs._lz4f",
        "imagecodecs._lzf",
        "imagecodecs._lzfse",
        "imagecodecs._lzham",
        "imagecodecs._lzo",
        "imagecodecs._meshopt",
        "imagecodecs._pcodec",
        "imagecodecs._pglz",
        "imagecodecs._qoi",
        "imagecodecs._quantize",
        "imagecodecs._rcomp",
        "imagecodecs._rgbe",
        "imagecodecs._snappy",
        "imagecodecs._sperr",
        "imagecodecs._spng",
        "imagecodecs._sz3",
        "imagecodecs._szip",
        "imagecodecs._ultrahdr",
        "imagecodecs._zfp",
        "imagecodecs._zopfli",
    ),
    "3-D plots, flow charts and examples of pyqtgraph; Qt's own tests": (
        "pyqtgraph.examples",
        "pyqtgraph.opengl",
        "pyqtgraph.flowchart",
        "PySide6.QtTest",
    ),
}

# Files, by where they would lie in the bundle.
FILES = {
    "tests, headers and build files of torch": (
        "torch/test/*",
        "torch/include/*",
        "torch/share/*",
        "torch/bin/protoc*",
        "torch/bin/*.pt*",
        "torch/bin/test_*",
        "torch/bin/*Test",
        "torch/bin/upgrader_models/*",
        "torch/lib/libtorchbind_test*",
        "torch/lib/libjitbackend_test*",
        "torch/lib/libbackend_with_compiler*",
        "torch/lib/*.lib",
    ),
    "parts and plugins of Qt that no window of ours asks for": (
        "PySide6/Qt/qml/*",
        "PySide6/Qt/plugins/designer/*",
        "PySide6/Qt/plugins/egldeviceintegrations/*",
        "PySide6/Qt/plugins/generic/*",
        "PySide6/Qt/plugins/networkinformation/*",
        "PySide6/Qt/plugins/printsupport/*",
        "PySide6/Qt/plugins/qmltooling/*",
        "PySide6/Qt/plugins/sqldrivers/*",
        "PySide6/Qt/plugins/tls/*",
        "PySide6/Qt/plugins/platformthemes/libqgtk3*",
        "PySide6/Qt/plugins/platforms/libqeglfs*",
        "PySide6/Qt/plugins/platforms/libqlinuxfb*",
        "PySide6/Qt/plugins/platforms/libqminimal*",
        "PySide6/Qt/plugins/platforms/libqvnc*",
        "PySide6/Qt/plugins/platforms/libqvkkhr*",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboard*",
        "PySide6/Qt/plugins/imageformats/libqpdf*",
        "PySide6/Qt/plugins/imageformats/libqtiff*",
        "PySide6/Qt/plugins/imageformats/libqtga*",
        "PySide6/Qt/plugins/imageformats/libqicns*",
        "PySide6/Qt/plugins/imageformats/libqwbmp*",
        "PySide6/Qt/plugins/vectorimageformats/*",
    ),
    "OpenCV's own Qt, for windows that SegDesk never opens": (
        "cv2/qt/*",
        "opencv_python.libs/libQt5XcbQpa*",
    ),
    "the host's own: its C library, and what its graphics driver brings newer": (
        "libmvec.so*",
        "libstdc++.so*",
        "libgcc_s.so*",
    ),
}

# Debug symbols go from these and from no other: what a wheel's repair tool has
# rewritten breaks when it is stripped.
STRIPPED = (
    "torch/lib/libtorch_cpu.so",
    "torch/lib/libtorch_python.so",
    "torch/lib/libc10.so",
    "libpython3.*.so.*",
)

_QT_LANGUAGES = {"en", "zh_CN"}


def is_left_out(place: str) -> bool:
    """Tell whether a file does not go into the bundle.

    Parameters
    ----------
    place
        Where it would lie, relative to the bundle's inner folder.
    """
    place = PurePath(place).as_posix()
    if place.startswith("PySide6/") and place.endswith(".qm"):
        language = PurePath(place).stem.partition("_")[2]
        return language not in _QT_LANGUAGES
    return any(
        fnmatch(place, pattern) for patterns in FILES.values() for pattern in patterns
    )
