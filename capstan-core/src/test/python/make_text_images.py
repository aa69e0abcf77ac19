"""Images of text, turned, for networks that tell which way up text is.

    python make_text_images.py lines|cuts|pages FONTS COUNT SEED FOLDER

draws COUNT images into FOLDER, with the
TrueType fonts under FONTS: "lines" are single lines of 192 x 48 pixels, turned by 0 or 180 degrees;
"cuts" are such lines as a detector of text cuts them out, brought to a height of 48 and a width of
at most 192, with gray behind; "pages" are sheets on a table, turned by 0, 90, 180 or 270. Needs
pillow and numpy.
"""

import pathlib
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SYLLABLES = (
    "an ar be ca co da de di do en er es fa fi ge ha he il in ka la le li lo ma me mi mo na ne no "
    "or pa pe po ra re ri ro sa se si so ta te ti to tu un ur va ve vi wa we wo za zu"
).split()


def word(random):
    kind = random.random()
    if kind < 0.15:
        return str(random.integers(10 ** int(random.integers(1, 6))))
    text = "".join(random.choice(SYLLABLES) for _ in range(random.integers(1, 5)))
    return text.upper() if kind < 0.3 else text.capitalize() if kind < 0.5 else text


def colours(random):
    """Of paper and of ink, far enough apart to be read."""
    while True:
        paper, ink = random.integers(0, 256, (2, 3))
        if abs(int(paper.mean()) - int(ink.mean())) > 70:
            return tuple(int(c) for c in paper), tuple(int(c) for c in ink)


def paper(random, size, colour):
    """A colour that varies slowly from place to place."""
    width, height = size
    coarse = random.normal(0, random.uniform(0, 20), (4, 6, 1)) + np.array(colour)
    small = Image.fromarray(np.clip(coarse, 0, 255).astype(np.uint8))
    return small.resize((width, height), Image.BICUBIC)


def photographed(random, image):
    """Slightly out of focus, and grainy."""
    image = image.filter(ImageFilter.GaussianBlur(random.uniform(0, 1.2)))
    grain = random.normal(0, random.uniform(0, 12), np.asarray(image).shape)
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def sheared(random, image, colour, degrees):
    image = image.rotate(random.uniform(-degrees, degrees), Image.BICUBIC, fillcolor=colour)
    lean = random.uniform(-0.2, 0.2)
    matrix = (1, lean, -lean * image.height / 2, 0, 1, 0)
    return image.transform(image.size, Image.AFFINE, matrix, Image.BICUBIC, fillcolor=colour)


def font(random, fonts, size):
    return ImageFont.truetype(str(random.choice(fonts)), size)


def line(random, fonts):
    ground, ink = colours(random)
    image = paper(random, (192, 48), ground)
    face = font(random, fonts, int(random.integers(18, 40)))
    text = word(random)
    while face.getlength(text) < random.uniform(60, 185):
        text += " " + word(random)
    left, top, _, bottom = face.getbbox(text)
    x = random.uniform(2, 12) - left
    y = (48 - (bottom - top)) / 2 - top + random.uniform(-3, 3)
    ImageDraw.Draw(image).text((x, y), text, ink, face)
    return photographed(random, sheared(random, image, ground, 3))


def cut(random, fonts):
    """Of a line what lies around its letters."""
    ground, ink = colours(random)
    face = font(random, fonts, int(random.integers(18, 40)))
    text = word(random)
    while face.getlength(text) < random.uniform(60, 300):
        text += " " + word(random)
    left, top, right, bottom = face.getbbox(text)
    image = paper(random, (right - left + 40, bottom - top + 40), ground)
    ImageDraw.Draw(image).text((20 - left, 20 - top), text, ink, face)
    image = photographed(random, sheared(random, image, ground, 1.5))
    near, far = random.uniform(12, 18, 2)
    return image.crop((int(near), int(near), image.width - int(far), image.height - int(far)))


def fed(image):
    """As such a network is fed: 48 pixels high, 192 wide at most, gray behind."""
    width = min(192, max(1, round(48 * image.width / image.height)))
    whole = Image.new("RGB", (192, 48), (128, 128, 128))
    whole.paste(image.resize((width, 48), Image.BILINEAR))
    return whole


def page(random, fonts):
    ground, ink = colours(random)
    sheet = paper(random, (384, int(random.integers(384, 540))), ground)
    draw = ImageDraw.Draw(sheet)
    y = random.uniform(10, 40)
    while y < sheet.height - 30:
        size = int(random.choice([11, 13, 13, 16, 16, 20, 30]))
        face = font(random, fonts, size)
        for _ in range(random.integers(1, 8)):
            x, end = random.uniform(10, 40), 384 - random.uniform(10, 120)
            while x < end:
                text = word(random) + " "
                draw.text((x, y), text, ink, face)
                x += face.getlength(text)
            y += 1.3 * size
        y += random.uniform(0, 30)
        if random.random() < 0.2:
            box = [random.uniform(20, 150), y, random.uniform(200, 360), y + random.uniform(20, 90)]
            draw.rectangle(box, tuple(int(c) for c in random.integers(0, 256, 3)), ink)
            y = box[3] + 10
    return photographed(random, sheared(random, sheet, ground, 4))


def main(kind, fonts, count, seed, folder):
    faces = sorted(pathlib.Path(fonts).rglob("*.ttf"))
    draw, turns = {
        "lines": (line, [0, 180]),
        "cuts": (cut, [0, 180]),
        "pages": (page, [0, 90, 180, 270]),
    }[kind]
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for index in range(int(count)):
        random = np.random.default_rng([int(seed), index])
        turn = turns[index % len(turns)]
        image = draw(random, faces).rotate(turn, expand=True)
        if kind == "cuts":
            image = fed(image)
        image.save(target / f"{index:05d}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
