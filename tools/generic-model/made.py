"""Made lines: ways of writing an assignment that the labelled data hold seldom, with secrets and with ordinary words.

`{n}` stands for a name, `{N}` for one in upper case, `{v}` for the value.
"""
import random

from chosen import Chosen

FORMS = (
    ("a.py", 'value = os.getenv("{N}", "{v}")'),
    ("a.py", "config.setdefault('{n}', '{v}')"),
    ("a.py", 'monkeypatch.setenv("{N}", "{v}")'),
    ("a.py", "{n} = b'{v}'"),
    ("a.py", "{N} = {{0: '{v}'}}"),
    ("a.rb", "{n} = ENV['{N}'] || '{v}'"),
    ("a.php", "define('{N}', '{v}');"),
    ("a.php", "$this->set('{n}', '{v}');"),
    ("a.go", 'req.Header.Set("{n}", "{v}")'),
    ("a.go", 'os.Setenv("{N}", "{v}")'),
    ("a.java", 'properties.put("{n}", "{v}");'),
    ("a.java", 'System.setProperty("{n}", "{v}");'),
    ("a.java", '@Value("${{{n}:{v}}}")'),
    ("a.kt", '.header("{n}", "{v}")'),
    ("a.cs", 'client.AddHeader("{n}", "{v}");'),
    ("a.ts", "headers.append('{n}', '{v}');"),
    ("a.js", "app.set('{n}', '{v}');"),
    ("a.js", "const {n} = process.env.{N} || '{v}';"),
    ("a.js", "const {n} = process.env['{N}'] ?? '{v}';"),
    ("a.rs", 'env.insert("{n}", "{v}");'),
    ("a.c", '#define {N} "{v}"'),
    ("a.sh", 'export {N}={v}'),
    ("a.sh", "tool login --{n} {v} --quiet"),
    ("a.sh", "curl -d '{{\"{n}\": \"{v}\"}}' localhost"),
    ("Dockerfile", "ENV {N} {v}"),
    ("a.sql", "\\set {N} {v}"),
    ("a.sql", "CREATE USER app IDENTIFIED BY '{v}';"),
    ("a.xml", "<{n}>{v}</{n}>"),
    ("a.xml", '<property name="{n}" value="{v}"/>'),
    ("a.json", '{{"body": "{{\\"{n}\\": \\"{v}\\"}}"}}'),
    ("a.json", '{{"name": "{N}", "value": "{v}"}}'),
    ("a.yml", "{n}: |\n  {v}"),
    ("a.yml", "- name: {N}\n  value: {v}"),
    ("a.tf", 'variable "{n}" {{ default = "{v}" }}'),
    ("a.http", "Authorization: Bearer {v}"),
)
WORDS_OF = "db api app client admin user service master access auth mail redis jwt session private".split()
KINDS = "password passwd secret token key apiKey secret_key access_token credential".split()
NEAR = ("", "port = 8080", "host: localhost", "import os", "# settings", "name: app", "return result", "{", "  timeout: 30")
EACH = 12


def made(seed):
    """Texts, each with its path, whether its value is a secret, and the value."""
    draw = random.Random(seed)
    chosen = Chosen(draw)
    for path, form in FORMS:
        for count in range(2 * EACH):
            secret = count < EACH
            value = draw.choice([chosen.password, chosen.key, chosen.key])() if secret else ordinary(draw, chosen)
            value = "".join(c for c in value if c not in "\"'\\`$<>&{};,")
            name = named(draw)
            line = form.format(n=name, N="".join(c if c.isalnum() else "_" for c in name).upper(), v=value)
            text = "\n".join([draw.choice(NEAR), draw.choice(NEAR), line, draw.choice(NEAR), ""])
            yield path, text, secret, value


def named(draw):
    words = [draw.choice(WORDS_OF), *draw.choice(KINDS).split("_")]
    style = draw.randrange(4)
    if style == 0:
        return words[0] + "".join(word[0].upper() + word[1:] for word in words[1:])
    return ("_", "-", ".")[style - 1].join(words)


def ordinary(draw, chosen):
    """What stands in such a place and is no secret: names, references, texts."""
    words = [draw.choice(chosen.words) for _ in range(draw.randrange(1, 4))]
    joint = draw.choice(["_", "-", ".", "", " ", "/"])
    if joint == "":
        return words[0] + "".join(word.capitalize() for word in words[1:])
    text = joint.join(words)
    return draw.choice([text, text, text.upper(), text.capitalize()])
