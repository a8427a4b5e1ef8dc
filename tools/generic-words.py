#!/usr/bin/env python3
"""Makes src/detect/generic/words.txt: the words that most packages of a source tree use.

    generic-words.py DIR... > words.txt

Each DIR holds one package a folder (an unpacked crate, a Python module). A word counts once a package, so
that no package's own vocabulary and no test data gets in. Nothing of the sets that detection is measured on
goes in.
"""
import collections
import os
import re
import sys

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
ENDINGS = (".rs", ".py", ".md", ".c", ".h", ".pl", ".pm", ".pod", ".txt", ".rst", ".toml")
KEEP = 5000
# What people call things and choose as passwords, and code about the web and data, which the trees may not hold.
EVERYDAY = """
account accounts admin administrator agent alice alpha amazon angel animal apple application april august autumn azure
baby backup banana baseball basketball batman beach bearer beautiful beta bill bird black blue bobby boss boston box
brand brian brown bucket bunny butter butterfly buster button camel captain carlos changeit changeme charlie chelsea
cherry chicken chocolate chris christmas city cloud coffee company computer consumer cookie corp cowboy credential
credentials customer dallas daniel dashboard database david demo deploy deployer diamond digital doctor document
dolphin domain dragon dummy eagle email employee endpoint enterprise event facebook fake falcon family firebase fish
flower foobar football forever freedom friend friends fuck gateway george ginger github gitlab gmail gold golden
google grafana green guest guitar hacker happy harley hello hockey home hotel house hunter iloveyou instagram invalid
jack james jason jasper jenkins jennifer jessica jesus jira joe john jordan joshua justin kafka kitty kubernetes
ladies lake laptop lady letmein linkedin login london lorem love lovely lover lucky magic mailgun manager market
marketing marina martin maria master matrix matthew maven melissa member mercedes merlin michael michelle mickey
microsoft middleware migration mike minio miller mobile mock mongo mongodb monkey monster moon mother mountain mozilla
music mustang mypass mysql nexus nginx nicole ninja oauth office okta online openid oracle orange order owner panda
partner passcode passphrase passwd password passwords patrick paypal peanut peter phone pizza platform player please
police postgres postgresql prod production profile project prometheus purple pussy qwerty rabbit rabbitmq rainbow
ranger real redacted redis refresh registry rename repo robert robot rocket sales sample samsung sandbox school
scooter scope script season secret secrets secure security sentry server service session shadow shop silver slack
smith snoopy soccer social spring staging starwars steve stripe student subscription summer sunshine super superman
superuser supersecret support svelte swagger sweet tablet taylor teacher team telegram tenant terraform test tester
testing tests thomas thunder tiger tigger token tokens tomcat travis trustno twilio twitter ubuntu unknown untitled
user username users vault vendor verify victoria video viewer webhook website wechat welcome whatever william windows
winner winter wizard wordpress work worker world xxxx yahoo yankees yellow yourself zookeeper
ecdsa nistp pkcs hmac ecdh rsa aes cbc gcm dsa eddsa curve chacha poly argon bcrypt scrypt pbkdf ldap saml oidc smtp imap
alex andrew anna bob carol dave emma eva frank fred jane jean jeff jim kate kevin laura lee linda lisa mary max nancy
nick paul ryan sam sara sarah scott steven tina tony victor
"""
LEAST = 3
# Single words of three letters are as often an abbreviation; they must be common to be of use.
LEAST_SHORT = 25


def packages(roots):
    for root in roots:
        for name in sorted(os.listdir(root)):
            yield os.path.join(root, name)


def words_of(package):
    found = set()
    files = [package] if os.path.isfile(package) else (
        os.path.join(folder, file) for folder, _, files in os.walk(package) for file in files)
    for file in files:
        if file.endswith(ENDINGS):
            with open(file, encoding="utf8", errors="replace") as text:
                for line in text:
                    if len(line) < 300:
                        found.update(word.lower() for word in WORD.findall(line))
    return {word for word in found if LEAST <= len(word) <= 14}


def main(roots):
    count = collections.Counter()
    for package in packages(roots):
        count.update(words_of(package))
    ranked = sorted(count.items(), key=lambda item: (-item[1], item[0]))
    kept = [word for word, n in ranked if len(word) > 3 or n >= LEAST_SHORT][:KEEP]
    kept = [word for word in kept if len(set(word)) > 1 or len(word) > 4]
    print("\n".join(sorted(set(kept) | set(EVERYDAY.split()))))


main(sys.argv[1:])
