"""Devices and precisions to choose from."""

from segdesk.app.training.run_choices import device_choices, precision_choices
from segdesk.jobs.events import DeviceFacts, EnvironmentReport

CPU = DeviceFacts("cpu", "CPU")
GPU = DeviceFacts("cuda:0", "NVIDIA H200", 140 * 2**30)


def environment(*devices: DeviceFacts, threads: int = 2) -> EnvironmentReport:
    return EnvironmentReport(
        versions={}, devices=devices, cpu_threads=threads, compiled_ops=False
    )


def test_device_choices_name_threads_and_memory():
    choices = device_choices(environment(GPU, CPU), "auto")
    assert choices == (
        ("auto", "Automatic: NVIDIA H200, 140 GB"),
        ("cuda:0", "NVIDIA H200, 140 GB"),
        ("cpu", "CPU, 2 threads"),
    )


def test_device_choices_are_one_when_there_is_only_the_cpu():
    assert device_choices(environment(CPU), "auto") == (("auto", "CPU, 2 threads"),)
    assert device_choices(environment(CPU, threads=1), "cpu") == (
        ("cpu", "CPU, 1 thread"),
    )


def test_device_choices_keep_the_wish_when_its_device_is_gone_or_unknown():
    assert ("cuda:1", "GPU 1, not found") in device_choices(
        environment(GPU, CPU), "cuda:1"
    )
    assert device_choices(None, "auto") == (("auto", "Auto"),)


def test_precision_choices_leave_16_bits_to_gpus():
    assert precision_choices("cpu", (CPU,)) == ("auto", "fp32")
    assert precision_choices("auto", (CPU,)) == ("auto", "fp32")
    assert precision_choices("auto", (GPU, CPU)) == ("auto", "fp32", "bf16", "fp16")
    assert precision_choices("mps", ()) == ("auto", "fp32", "fp16")
