"""Names the device that a browser runs on, read from its User-Agent."""

UNKNOWN = "A device"
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""In search order: most browsers also name others."""
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "a Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """Returns a name such as "Chrome on Android": enough to recognise the device; nothing else is
    kept."""
    browser = next((name for word, name in BROWSERS if word in user_agent), None)
    system = next((name for word, name in SYSTEMS if word in user_agent), None)
    return " on ".join(filter(None, (browser, system))) or UNKNOWN
