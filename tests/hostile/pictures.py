"""Pictures that lie about their size, hide something, or stop half-way."""

from __future__ import annotations

import io
import random
import struct
import zlib

from PIL import ExifTags, Image

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def speckled(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that does not compress to nothing: coloured blocks, the same on each run."""
    dice = random.Random(width * 31 + height)
    small = Image.frombytes("RGB", (16, 12), dice.randbytes(16 * 12 * 3))
    return small.resize((width, height)).convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def plain(width: int, height: int, kind: str = "PNG") -> bytes:
    return saved(speckled(width, height), kind)


def cut_off(kind: str) -> bytes:
    """The first two thirds of a good file."""
    data = plain(320, 240, kind)
    return data[: len(data) * 2 // 3]


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int, *, bits: int = 8, color_type: int = 2) -> bytes:
    return PNG_SIGNATURE + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0))


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of any size by its header, with one row of pixels behind it."""
    return png_header(width, height) + png_chunk(b"IDAT", zlib.compress(bytes(64))) + png_chunk(b"IEND", b"")


def bomb_png() -> bytes:
    """13,000 x 13,000 pixels, whole and correct, in about 20 kB."""
    side = 13_000
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return png_header(side, side, bits=1, color_type=0) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def text_bomb_png() -> bytes:
    """A compressed text chunk that unpacks to 64 MB in front of the pixels."""
    text = png_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(64_000_000), 9))
    data = plain(64, 48)
    return data[:33] + text + data[33:]


def png_with_wrong_crc(kind: bytes) -> bytes:
    data = bytearray(plain(64, 48))
    at = data.index(kind)
    length = int.from_bytes(data[at - 4 : at], "big")
    data[at + 4 + length] ^= 0xFF
    return bytes(data)


def gif_claiming(width: int, height: int) -> bytes:
    data = bytearray(plain(16, 16, "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def animated_gif(n_frames: int) -> bytes:
    """Many frames; the first is red, all others are blue."""
    frames = [Image.new("RGB", (200, 150), "blue").convert("P") for _ in range(n_frames - 1)]
    for i, frame in enumerate(frames):
        frame.putpixel((i % 200, i // 200), 1)  # equal frames would be merged
    first = Image.new("RGB", (200, 150), "red").convert("P")
    return saved(first, "GIF", save_all=True, append_images=frames, duration=20, loop=0)


def gif_that_is_javascript() -> bytes:
    """A whole GIF of 10,799 x 200 pixels that a browser would also run: GIF89a/*...*/=1;alert(1)."""
    data = plain(10_799, 200, "GIF")  # 10,799 is written as the bytes "/*"
    return data + b"*/=1;alert(document.domain)//"


def webp_claiming_16384() -> bytes:
    """A WEBP whose canvas is 16,384 x 16,384 around one small picture."""
    inner = plain(64, 48, "WEBP")[12:]
    edge = (16_384 - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(4) + edge + edge + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bmp_claiming(width: int, height: int) -> bytes:
    data = bytearray(plain(16, 16, "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(plain(64, 48, "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def tiff_pages(n_pages: int) -> bytes:
    pages = [Image.new("L", (64, 48), i % 255) for i in range(n_pages)]
    return saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])


def _tiff_tag_at(data: bytes, tag: int) -> int:
    """Where a tag's 12-byte entry stands in the first directory of a little-endian TIFF."""
    directory = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[directory : directory + 2], "little")
    entries = (directory + 2 + 12 * i for i in range(count))
    return next(at for at in entries if data[at : at + 2] == struct.pack("<H", tag))


def tiff_compressed_as(scheme: int) -> bytes:
    """An uncompressed TIFF that claims another compression."""
    data = bytearray(plain(64, 48, "TIFF"))
    at = _tiff_tag_at(data, 259)
    data[at + 8 : at + 10] = struct.pack("<H", scheme)
    return bytes(data)


def tiff_looping() -> bytes:
    """The first directory names itself as the next one."""
    data = bytearray(plain(64, 48, "TIFF"))
    directory = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[directory : directory + 2], "little")
    end = directory + 2 + 12 * count
    data[end : end + 4] = struct.pack("<I", directory)
    return bytes(data)


def float_tiff() -> bytes:
    return saved(Image.new("F", (64, 48), 0.5), "TIFF")


def jpeg_with_garbage_metadata() -> bytes:
    """A good JPEG with an EXIF directory that points everywhere and an ICC profile in nonsense pieces."""
    dice = random.Random(1)
    exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + dice.randbytes(4_000)
    segments = _app_segment(1, exif)
    for i in range(40):
        segments += _app_segment(2, b"ICC_PROFILE\x00" + bytes([255 - i, 7]) + dice.randbytes(2_000))
    data = plain(64, 48, "JPEG")
    return data[:2] + segments + data[2:]


def multi_picture_jpeg() -> bytes:
    """Two pictures in one JPEG, as phones store a gain map for bright screens; the first is the photograph."""
    return saved(speckled(64, 48), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48), "black")])


def _app_segment(n: int, body: bytes) -> bytes:
    return bytes([0xFF, 0xE0 + n]) + struct.pack(">H", len(body) + 2) + body


def with_orientation(image: Image.Image, orientation: int, kind: str) -> bytes:
    """`image` as a camera held in that way stores it: turned on disk, with the EXIF tag that turns it back."""
    stored_by = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    turned = image if stored_by is None else image.transpose(stored_by)
    return saved(turned, kind, exif=exif.tobytes())


SECRET = b"wentu-secret-owner"


def jpeg_with_gps_and_thumbnail() -> bytes:
    """A JPEG that tells where and by whom it was taken, with a thumbnail, a comment, XMP and an ICC profile."""
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = SECRET.decode()
    exif[ExifTags.Base.GPSInfo] = {1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)}
    thumbnail = plain(32, 24, "JPEG")
    raw = exif.tobytes() + thumbnail + SECRET
    return saved(speckled(320, 240), "JPEG", exif=raw, comment=SECRET, xmp=SECRET, icc_profile=SECRET * 8)
