"""Small videos whose frames say their own number."""

from fractions import Fraction

import numpy as np

from segdesk.core.video_source import load_av

BITS = 6
BLOCK = 8
SIZE = (BITS * BLOCK + 16, 48)


def picture(number, size=SIZE):
    """Draw a number as dark and bright blocks along the top; the left is red."""
    width, height = size
    pixels = np.full((height, width, 3), 90, np.uint8)
    for bit in range(BITS):
        value = 220 if number >> bit & 1 else 30
        pixels[:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = value
    pixels[BLOCK:, : width // 4] = (200, 30, 30)
    return pixels


def number_of(pixels):
    """Read the number that `picture` drew, through any compression."""
    row = pixels[2 : BLOCK - 2].mean(axis=(0, 2))
    blocks = [row[bit * BLOCK + 2 : (bit + 1) * BLOCK - 2] for bit in range(BITS)]
    return sum(int(block.mean() > 125) << bit for bit, block in enumerate(blocks))


def make_clip(
    path,
    times,
    *,
    size=SIZE,
    codec="libx264",
    pix_fmt="yuv420p",
    turn=None,
    sound=None,
    gop=12,
    ratio=1,
):
    """Write a video whose frames are shown at the given seconds.

    Parameters
    ----------
    turn
        Degrees of the display matrix, as a phone writes it; counter-clockwise.
    ratio
        Width of a pixel by its height.
    sound
        Compression of a tone beside it; None: silent.
    """
    av = load_av()
    with av.open(path, "w") as container:
        film = container.add_stream(codec, rate=25)
        film.width, film.height = size
        film.pix_fmt = pix_fmt
        film.time_base = film.codec_context.time_base = Fraction(1, 12_800)
        film.codec_context.gop_size = gop
        film.codec_context.sample_aspect_ratio = Fraction(ratio)
        if turn is not None:
            film.set_display_rotation(turn)
        tone = container.add_stream(sound, rate=16_000) if sound else None
        if tone is not None:
            tone.codec_context.layout = "mono"
        for number, time_s in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(number, size), "rgb24")
            frame = frame.reformat(format=pix_fmt)
            frame.pts = round(time_s * 12_800)
            frame.time_base = Fraction(1, 12_800)
            container.mux(film.encode(frame))
        container.mux(film.encode(None))
        if tone is not None:
            _add_tone(av, container, tone, times[-1] + 0.04)
    return str(path)


def _add_tone(av, container, tone, seconds):
    wave = np.sin(np.arange(int(seconds * 16_000)) * 0.2) * 8000
    for begin in range(0, len(wave), 1600):
        part = wave[begin : begin + 1600].astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(part, "s16", "mono")
        frame.sample_rate, frame.pts = 16_000, begin
        frame.time_base = Fraction(1, 16_000)
        container.mux(tone.encode(frame))
    container.mux(tone.encode(None))


def even_times(count, fps=25):
    """Return the times of evenly spaced frames."""
    return [number / fps for number in range(count)]


def sound_seconds(path):
    """Return how many seconds of sound a file holds, decoded."""
    av = load_av()
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        return samples / stream.codec_context.sample_rate
