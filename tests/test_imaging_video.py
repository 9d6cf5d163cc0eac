"""Video files: every frame in its place, colours by the matrix the file states, and damage told in a sentence."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import nothing_printed

from maistudio.errors import PictureError, UsageError
from maistudio.imaging.picture import Meaning
from maistudio.imaging.video import open_video

HEIGHT, WIDTH, COUNT = 48, 64, 40
BITS = 8
CONVERTED = "converted to RGB by the matrix and range that the file states, or by BT.601 in limited range"

Encode = Callable[..., Path]


def numbered(place: int) -> np.ndarray:
    """A grey frame that shows its place as bits: stripes, black or white, the lowest bit at the left."""
    stripes = [255 * (place >> bit & 1) for bit in range(BITS)]
    return np.repeat(np.array(stripes, np.uint8), WIDTH // BITS)[None, :].repeat(HEIGHT, axis=0)


def place_in(pixels: np.ndarray) -> int:
    middles = pixels[HEIGHT // 2, WIDTH // BITS // 2 :: WIDTH // BITS, 1]
    return sum(1 << bit for bit, value in enumerate(middles) if value > 127)


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The ffmpeg of imageio-ffmpeg."""
    return str(pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe())


@pytest.fixture
def encode(ffmpeg: str, tmp_path: Path) -> Encode:
    """``encode("clip.mp4", "-c:v", "libx264")`` is a clip of numbered frames, or of ``raw`` ones of another format."""

    def run(name: str, *options: str, raw: bytes | None = None, pixel_format: str = "gray") -> Path:
        path = tmp_path / name
        frames = raw if raw is not None else b"".join(numbered(place).tobytes() for place in range(COUNT))
        source = ["-f", "rawvideo", "-pix_fmt", pixel_format, "-s", f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "-"]
        done = subprocess.run([ffmpeg, "-v", "error", *source, *options, path], input=frames, capture_output=True)
        if b"Unknown encoder" in done.stderr:
            pytest.skip(f"this ffmpeg lacks the encoder of {' '.join(options)}")
        assert done.returncode == 0, done.stderr.decode()
        return path

    return run


@pytest.fixture
def clip(tmp_path: Path) -> Callable[[str, str], Path]:
    """``clip("clip.avi", "MJPG")`` is a clip of numbered frames written by OpenCV."""

    def write(name: str, code: str) -> Path:
        path = tmp_path / name
        fourcc = cv2.VideoWriter.fourcc(*code)
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, fourcc, 25.0, (WIDTH, HEIGHT))
        if not writer.isOpened():
            pytest.skip(f"this OpenCV can't write {code}")
        for place in range(COUNT):
            writer.write(cv2.cvtColor(numbered(place), cv2.COLOR_GRAY2BGR))
        writer.release()
        return path

    return write


LOSSY_WITH_REORDERED_FRAMES = ("-c:v", "libx264", "-bf", "3", "-g", "12", "-pix_fmt", "yuv420p")
ORDER: Sequence[int] = (39, 0, 17, 18, 5, 38)


@pytest.mark.parametrize(("name", "code"), [("a.avi", "MJPG"), ("a.mp4", "mp4v"), ("a.mkv", "FFV1")])
def test_what_opencv_writes_comes_back_frame_by_frame(clip: Callable[[str, str], Path], name: str, code: str) -> None:
    video = open_video(clip(name, code))
    assert (video.width, video.height, video.rate) == (WIDTH, HEIGHT, 25.0)
    assert [place_in(picture.pixels) for picture in video.frames()] == list(range(COUNT))
    assert (video.count(), video.stated_frames) == (COUNT, COUNT)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("b_frames.mp4", LOSSY_WITH_REORDERED_FRAMES),
        ("b_frames.mkv", LOSSY_WITH_REORDERED_FRAMES),
        ("open_gop.mp4", (*LOSSY_WITH_REORDERED_FRAMES, "-x264-params", "open-gop=1")),
        ("part2.avi", ("-c:v", "mpeg4", "-bf", "2", "-g", "12", "-q:v", "2")),
        ("hevc.mp4", ("-c:v", "libx265", "-g", "12", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p")),
        ("vp9.webm", ("-c:v", "libvpx-vp9", "-g", "12", "-pix_fmt", "yuv420p")),
        ("uneven.mp4", (*LOSSY_WITH_REORDERED_FRAMES, "-vf", "setpts=(N+floor(N/7)*3)/25/TB", "-fps_mode", "vfr")),
        ("uneven.mkv", (*LOSSY_WITH_REORDERED_FRAMES, "-vf", "setpts=(N+floor(N/7)*3)/25/TB", "-fps_mode", "vfr")),
    ],
)
def test_any_frame_is_exactly_the_one_at_its_place(encode: Encode, name: str, options: tuple[str, ...]) -> None:
    video = open_video(encode(name, *options))
    assert [place_in(video.frame(place).pixels) for place in ORDER] == list(ORDER)
    assert [place_in(picture.pixels) for picture in video.frames(30)] == list(range(30, COUNT))
    assert video.count() == COUNT


def test_frames_are_rgb_of_8_bits_that_say_where_they_came_from(encode: Encode) -> None:
    path = encode("clip.mp4", *LOSSY_WITH_REORDERED_FRAMES)
    picture = open_video(path).frame(7)
    assert (picture.meaning, picture.white) == (Meaning.RGB, 255.0)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape == (HEIGHT, WIDTH, 3)
    assert picture.source == f"{path}, frame 7"
    assert not picture.pixels.flags.writeable


def test_rgb_stored_without_loss_comes_back(encode: Encode) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (3, HEIGHT, WIDTH, 3), np.uint8)
    path = encode("rgb.mkv", "-c:v", "ffv1", "-pix_fmt", "bgr0", raw=frames.tobytes(), pixel_format="rgb24")
    video = open_video(path)
    np.testing.assert_array_equal([picture.pixels for picture in video.frames()], frames)
    assert video.notes == ()


Y, CB, CR = 120, 100, 180
"""A colour that no matrix or range clips: orange."""


def by_matrix(red: float, blue: float, full: bool) -> list[float]:
    """R, G, B of (Y, CB, CR) by the formulas of ITU-T H.273, 8.3, with its constants KR and KB."""
    luma = Y / 255 if full else (Y - 16) / 219
    cb, cr = ((chroma - 128) / (255 if full else 224) for chroma in (CB, CR))
    r, b = luma + 2 * (1 - red) * cr, luma + 2 * (1 - blue) * cb
    return [255 * value for value in (r, (luma - red * r - blue * b) / (1 - red - blue), b)]


BT601, BT709, BT2020 = (0.299, 0.114), (0.2126, 0.0722), (0.2627, 0.0593)


@pytest.mark.parametrize(
    ("tags", "matrix", "full"),
    [
        ("", BT601, False),
        ("colormatrix=bt709", BT709, False),
        ("colormatrix=bt709:fullrange=on", BT709, True),
        ("colormatrix=smpte170m", BT601, False),
        ("colormatrix=smpte170m:fullrange=on", BT601, True),
        ("colormatrix=bt2020nc", BT2020, False),
    ],
)
def test_colours_are_converted_as_the_file_states(
    encode: Encode, tags: str, matrix: tuple[float, float], full: bool
) -> None:
    area = WIDTH * HEIGHT
    raw = bytes([Y]) * area + bytes([CB]) * (area // 4) + bytes([CR]) * (area // 4)
    stated = ("-x264-params", tags) if tags else ()
    path = encode("a.mp4", "-c:v", "libx264", "-qp", "0", *stated, raw=raw, pixel_format="yuv420p")
    picture = open_video(path).frame(0)
    np.testing.assert_allclose(picture.pixels[HEIGHT // 2, WIDTH // 2], by_matrix(*matrix, full), atol=2.5)
    assert picture.notes[0].startswith(CONVERTED)


def test_deeper_frames_and_alpha_are_noted(encode: Encode) -> None:
    deep, clear = (encode(f"{name}.mkv", "-c:v", "ffv1", "-pix_fmt", name) for name in ("gbrp16le", "bgra"))
    assert open_video(deep).notes == ("reduced from 16 to 8 bits",)
    assert open_video(clear).notes == ("its alpha channel is left out",)


def test_pixels_that_are_not_square_are_noted(encode: Encode) -> None:
    notes = open_video(encode("a.mp4", *LOSSY_WITH_REORDERED_FRAMES, "-vf", "setsar=4/3")).notes
    assert notes[-1] == "its pixels are meant to be shown 4:3 wide to high; they are given as stored"


def test_a_turned_video_is_given_upright(encode: Encode, ffmpeg: str, tmp_path: Path) -> None:
    """A stored picture whose left edge is the scene's top, as of a phone held upright."""
    stored = np.zeros((HEIGHT, WIDTH), np.uint8)
    stored[:, : WIDTH // 2] = 255
    lying = encode("lying.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p", raw=stored.tobytes() * 3)
    upright = tmp_path / "upright.mp4"
    turn = [ffmpeg, "-v", "error", "-display_rotation", "-90", "-i", str(lying), "-c", "copy", str(upright)]
    subprocess.run(turn, check=True, capture_output=True)
    video = open_video(upright)
    assert (video.width, video.height) == (HEIGHT, WIDTH)
    assert video.notes[-1] == "turned by 90° clockwise, as the file asks"
    pixels = video.frame(1).pixels
    assert pixels[4].min() > 240
    assert pixels[-4].max() < 15


@pytest.fixture(params=["a.mp4", "a.mkv", "a.avi"])
def whole(request: pytest.FixtureRequest, encode: Encode) -> Path:
    return encode(str(request.param), *LOSSY_WITH_REORDERED_FRAMES, "-movflags", "faststart")


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.999])
def test_a_video_cut_short_is_refused(whole: Path, part: float) -> None:
    data = whole.read_bytes()
    whole.write_bytes(data[: int(len(data) * part)])
    with nothing_printed(), pytest.raises(PictureError, match="ends too early"):
        open_video(whole)


def test_damage_is_read_over_or_refused_in_silence(whole: Path) -> None:
    data = whole.read_bytes()
    random = np.random.default_rng(7)
    for times in range(20):
        damaged = bytearray(data)
        for place in random.integers(0, len(data) if times % 2 else 1000, 5):
            damaged[place] = random.integers(256)
        whole.write_bytes(damaged)
        with nothing_printed():
            try:
                shapes = {picture.pixels.shape for picture in open_video(whole).frames()}
            except PictureError:
                continue
        assert len(shapes) == 1


def test_a_recording_without_its_index_is_refused(encode: Encode) -> None:
    path = encode("a.mp4", *LOSSY_WITH_REORDERED_FRAMES)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])
    with nothing_printed(), pytest.raises(PictureError, match=r"lacks its index \(moov\)"):
        open_video(path)


@pytest.mark.parametrize("name", ["a.m4a", "a.mka"])
def test_sound_alone_is_refused(ffmpeg: str, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    subprocess.run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "sine=d=0.2", path], check=True, capture_output=True)
    with nothing_printed(), pytest.raises(PictureError, match="holds no video that can be decoded: is it sound only"):
        open_video(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty: copy or download it again"),
        (b"hello world, no video", "is not a video that can be read: choose an MP4, MOV, Matroska, WebM or AVI file"),
        (b"#EXTM3U\n#EXTINF:1,\nother.ts\n", "is not a video that can be read"),
        (b"ffconcat version 1.0\nfile other.mp4\n", "is not a video that can be read"),
        (b"\0\0\0\x08ftyp\0\0\0\x08free", "lacks its index (moov)"),
        (b"\0\0\0\x02ftyp", "is a damaged MP4 file"),
        (b"\x1a\x45\xdf\xa3\x80\0\0\0\0", "is a damaged Matroska file"),
        (b"\x1a\x45\xdf\xa3\x80", "ends too early"),
        (b"RIFF\0\0\0\0AVI ", "was not written to its end"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(content)
    with nothing_printed(), pytest.raises(PictureError, match=re.escape(sentence)):
        open_video(path)


@pytest.mark.parametrize(("name", "sentence"), [("missing.mp4", "there is no such file"), (".", "is a folder")])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(PictureError, match=sentence):
        open_video(tmp_path / name)


def test_a_place_behind_the_end_is_refused_with_the_count(clip: Callable[[str, str], Path]) -> None:
    video = open_video(clip("a.avi", "MJPG"))
    for place in (COUNT, COUNT + 5):
        with pytest.raises(PictureError, match=f"ends after {COUNT} frames: choose one from 0 to {COUNT - 1}"):
            video.frame(place)


def test_a_negative_place_is_refused(clip: Callable[[str, str], Path]) -> None:
    with pytest.raises(UsageError, match="there is no frame -1"):
        open_video(clip("a.avi", "MJPG")).frame(-1)


def test_frames_of_another_size_are_refused(encode: Encode) -> None:
    """Here because the file has become another since it was opened."""
    path = encode("a.avi", "-c:v", "mjpeg", "-q:v", "2")
    video = open_video(path)
    path.write_bytes(encode("b.avi", "-c:v", "mjpeg", "-vf", "scale=32:24").read_bytes())
    with pytest.raises(PictureError, match="frame 0 is 32×24, the first one 64×48"):
        next(video.frames())


def test_a_file_is_closed_when_no_more_frames_are_wanted(clip: Callable[[str, str], Path]) -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("open files are seen in /proc")
    video = open_video(clip("a.avi", "MJPG"))

    def open_files() -> int:
        return sum(1 for _ in descriptors.iterdir())

    before = open_files()
    frames = video.frames()
    next(frames)
    assert open_files() > before
    frames.close()
    assert open_files() == before


def test_a_name_that_is_no_text_is_refused(clip: Callable[[str, str], Path]) -> None:
    film = clip("v.avi", "MJPG")
    path = Path(os.fsdecode(os.fsencode(film.parent) + b"/v\xff.avi"))
    try:
        film.rename(path)
    except OSError:
        pytest.skip("this file system takes text only")
    with pytest.raises(PictureError, match=r"has a name that isn't text \(UTF-8\): rename it"):
        open_video(path)
