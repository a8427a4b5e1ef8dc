"""Secrets as people choose and services issue them, in place of the random ones of the labelled data.

The labelled data hide every true secret behind a random one of the same shape, so that `Summer2019!` became
`Kqwzpf4821!`. What is learned from those alone would miss what people really choose.
"""
import base64
import pathlib

WORDS = pathlib.Path(__file__).parents[2] / "src/detect/generic/words.txt"
WALKS = ("qwer asdf zxcv qaz wsx edc 1qaz 2wsx 3edc 4rfv 1q2w 3e4r 5t6y zaq1 xsw2 poiu lkjh mnbv 0okm 9ijn tgb yhn "
         "!QAZ @WSX #EDC QWE ASD zxc rty fgh vbn 789 456 963 852").split()
LEET = str.maketrans("aeiost", "431057")
SIGNS = "!@#$%&*?+._-"


class Chosen:
    def __init__(self, draw):
        self.draw = draw
        self.words = [word for word in WORDS.read_text().split() if 4 <= len(word) <= 9]

    def password(self):
        draw = self.draw
        return draw.choice([self.worded, self.worded, self.leet, self.walk, self.phrase, self.initials])()

    def key(self):
        """A key as services issue them."""
        draw = self.draw
        size = draw.choice([16, 20, 24, 32, 32, 48])
        raw = bytes(draw.getrandbits(8) for _ in range(size))
        kind = draw.randrange(5)
        if kind < 2:
            return raw.hex()
        if kind == 2:
            return base64.b64encode(raw).decode()
        if kind == 3:
            return base64.urlsafe_b64encode(raw).decode().rstrip("=")
        return base64.b32encode(raw[:20]).decode()

    def word(self):
        word = self.draw.choice(self.words)
        return self.draw.choice([word, word, word.capitalize(), word.capitalize(), word.upper()])

    def number(self):
        draw = self.draw
        return draw.choice([str(draw.randrange(1960, 2026)), str(draw.randrange(10, 100)), str(draw.randrange(100, 10000))])

    def sign(self):
        return self.draw.choice(SIGNS) if self.draw.random() < 0.6 else ""

    def worded(self):
        parts = [self.word(), self.number(), self.sign()]
        if self.draw.random() < 0.3:
            parts.insert(1, self.sign() + self.word())
        if self.draw.random() < 0.2:
            self.draw.shuffle(parts)
        return "".join(parts)

    def leet(self):
        text = (self.word() + (self.word() if self.draw.random() < 0.4 else "")).lower()
        read = "".join(c.translate(LEET) if self.draw.random() < 0.7 else c for c in text)
        return (read.capitalize() if self.draw.random() < 0.5 else read) + self.draw.choice(["", self.number(), self.sign()])

    def walk(self):
        count = self.draw.randrange(2, 4)
        return "".join(self.draw.choice(WALKS) for _ in range(count)) + self.draw.choice(["", self.number(), self.sign()])

    def phrase(self):
        joint = self.draw.choice(["-", "_", ".", "", ""])
        words = [self.draw.choice(self.words) for _ in range(self.draw.randrange(3, 5))]
        if not joint:
            words = [word.capitalize() for word in words]
        return joint.join(words) + self.draw.choice(["", self.number()])

    def initials(self):
        """`tbontb4R!`: beginnings of words, a number, a sign."""
        letters = "".join(self.draw.choice(self.words)[0] for _ in range(self.draw.randrange(5, 9)))
        letters = "".join(c.upper() if self.draw.random() < 0.3 else c for c in letters)
        return letters + self.number() + self.sign()
