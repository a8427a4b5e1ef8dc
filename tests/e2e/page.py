"""Opens an HTML report in headless Chromium and says, as one JSON object, how it behaves. Takes the page and a folder
for pictures; started by tests/e2e/page.rs."""

import base64
import json
import pathlib
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service

page, pictures = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
pictures.mkdir(parents=True, exist_ok=True)
profile = tempfile.TemporaryDirectory()
options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for flag in [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    f"--user-data-dir={profile.name}",
]:
    options.add_argument(flag)
options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
said = {}


def shown():
    """The texts of the rows that are seen."""
    return browser.execute_script(
        "return [...document.querySelectorAll('#table tbody tr')].filter((row) => row.offsetParent !== null || "
        "getComputedStyle(row).display !== 'none').map((row) => [...row.cells].slice(0, 3).map((c) => c.innerText))"
    )


def element(name):
    return browser.find_element(By.ID, name)


def choose(name, value):
    browser.execute_script(
        "const one = document.getElementById(arguments[0]); one.value = arguments[1];"
        "one.dispatchEvent(new Event('input', { bubbles: true }))", name, value)


def picture(name, width, height, **media):
    browser.set_window_size(width, height)
    features = [{"name": key.replace("_", "-"), "value": value} for key, value in media.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.save_screenshot(str(pictures / name))


try:
    browser.set_window_size(1300, 1400)
    browser.get(page.as_uri())
    said["title"] = browser.title
    said["rows"] = shown()
    said["elements"] = browser.execute_script(
        "return Object.fromEntries(['script', 'img', 'iframe', 'link', 'style', 'form', 'object']"
        ".map((name) => [name, document.querySelectorAll(name).length]))")
    said["unlabelled"] = browser.execute_script(
        "return [...document.querySelectorAll('input, select, output, button')].filter((one) =>"
        "!(one.labels && one.labels.length) && !one.innerText.trim() && one.tagName !== 'OUTPUT').length")
    said["details_hold"] = browser.execute_script("return document.querySelector('#table dl').textContent")

    # Everything that can be worked is reached with the Tab key, in order.
    stops = []
    for _ in range(40):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        one = browser.switch_to.active_element
        stops.append(one.get_attribute("id") or one.get_attribute("class") or one.tag_name)
    said["stops"] = stops

    element("text").send_keys("prod.env")
    said["by_text"] = [shown(), element("count").text]
    element("reset").click()
    choose("verdict", "excused")
    said["by_verdict"] = shown()
    choose("verdict", "")
    choose("severity", "3")
    said["by_severity"] = shown()
    element("reset").click()
    said["after_reset"] = element("count").text
    said["focus_after_reset"] = browser.switch_to.active_element.get_attribute("id")

    heads = browser.find_elements(By.CSS_SELECTOR, "#table thead button")
    heads[1].send_keys(Keys.ENTER)
    said["up"] = [row[1] for row in shown()]
    said["aria_sort"] = browser.execute_script(
        "return [...document.querySelectorAll('#table thead th')].map((one) => one.getAttribute('aria-sort'))")
    heads[1].send_keys(Keys.SPACE)
    said["down"] = [row[1] for row in shown()]
    heads[2].send_keys(Keys.ENTER)
    said["by_place"] = [row[2] for row in shown()]

    browser.execute_script("scrollTo(0, 0)")
    picture("light.png", 1300, 1400, prefers_color_scheme="light")
    said["light"] = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    picture("dark.png", 1300, 1400, prefers_color_scheme="dark")
    said["dark"] = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    browser.execute_script("document.querySelector('#table details').open = true; scrollTo(0, document.body.scrollHeight)")
    picture("end.png", 1300, 1400, prefers_color_scheme="light")
    browser.execute_script("scrollTo(0, 0)")
    picture("narrow.png", 420, 1400, prefers_color_scheme="light")
    said["overflow"] = browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    said["print_hides_controls"] = browser.execute_script(
        "return getComputedStyle(document.querySelector('.controls')).display === 'none'")
    browser.set_window_size(800, 1100)
    browser.execute_script("scrollTo(0, 560)")
    browser.save_screenshot(str(pictures / "print.png"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    paper = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    (pictures / "print.pdf").write_bytes(base64.b64decode(paper["data"]))

    said["console"] = [entry["message"] for entry in browser.get_log("browser")]
    requests = []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            requests.append(message["params"]["request"]["url"])
    said["requests"] = [url for url in requests if url != page.as_uri() and not url.startswith(("data:", "chrome"))]
finally:
    browser.quit()
    profile.cleanup()
print(json.dumps(said))
