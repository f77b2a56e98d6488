"""Makes the images beside this file and expected.npz, what Pillow reads in them: python3-pil 9.4.0, numpy 1.24.2 (Debian 12).

expected.npz: for each image its pixels, channels x height x width, float32 from 0 to 1, upright, as convert("RGB") or ("L")
gives them; NAME@WIDTHxHEIGHT: the same resized with BILINEAR in mode F, a channel at a time.
"""
import numpy as np
from PIL import Image, ImageOps

rng = np.random.default_rng(5)


def smooth(height, width, channels):
    """Waves, so that JPEG keeps them nearly as they are."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [127.5 + 100 * np.sin(x / (7 + 3 * c) + c) * np.cos(y / (9 - c)) for c in range(channels)]
    return np.stack(waves, axis=-1).round().astype(np.uint8)


colour = Image.fromarray(smooth(24, 40, 3))
grey = Image.fromarray(smooth(24, 40, 1)[:, :, 0])
colour.save("colour.jpg", quality=95)
colour.save("colour-444.jpg", quality=95, subsampling=0)
colour.save("progressive.jpg", quality=95, progressive=True)
grey.save("grey.jpg", quality=95)
colour.convert("CMYK").save("cmyk.jpg", quality=95)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    colour.save(f"turned-{orientation}.jpg", quality=95, exif=exif)
noise = rng.integers(0, 256, (13, 9, 4), dtype=np.uint8)
Image.fromarray(noise[:, :, :3]).save("colour.png")
Image.fromarray(noise).save("alpha.png")
Image.fromarray(noise[:, :, 0]).save("grey.png")
Image.fromarray(noise[:, :, :2], mode="LA").save("grey-alpha.png")
Image.fromarray(noise[:, :, :3]).quantize(11).save("palette.png")
Image.fromarray(noise[:, :, 0] > 127).save("bits.png")

names = ["colour.jpg", "colour-444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "colour.png", "alpha.png", "grey.png",
         "grey-alpha.png", "palette.png", "bits.png"] + [f"turned-{i}.jpg" for i in range(1, 9)]
expected = {}
for name in names:
    image = ImageOps.exif_transpose(Image.open(name))
    mode = "L" if image.mode in ("L", "LA", "1") else "RGB"
    pixels = np.asarray(image.convert(mode), dtype=np.float32)
    pixels = pixels[None] if mode == "L" else pixels.transpose(2, 0, 1)
    expected[name] = pixels / np.float32(255)
for name, width, height in [("colour.png", 5, 4), ("colour.png", 20, 31), ("colour.png", 4, 31), ("grey.png", 9, 6)]:
    planes = [np.asarray(Image.fromarray(plane, mode="F").resize((width, height), Image.BILINEAR))
              for plane in expected[name]]
    expected[f"{name}@{width}x{height}"] = np.stack(planes)
np.savez_compressed("expected.npz", **expected)
