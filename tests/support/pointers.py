"""Mouse, pen and fingers on an element of a page, as the browser gets them from the system."""

from typing import Any

STEP = 0.02  # seconds between two events
LANES = {"1": 0.3, "2": 0.7, "pen": 0.5, "mouse": 0.1}  # a device's height on the element, of its own
OTHER = {"right": "mouse", "barrel": "pen"}  # a device with its other button
BUTTONS = {0: "none", 1: "left", 2: "right", 3: "left"}  # by the bits of those held
TOUCH = {"down": "touchStart", "move": "touchMove", "up": "touchEnd", "cancel": "touchCancel"}
PRESS = {"down": "mousePressed", "move": "mouseMoved", "up": "mouseReleased"}


class Pointers:
    """play("1 down .2, 1 move .4, pen down .5, wait 2, 1 cancel"): pointers by name, places from left to right.

    "1" and "2" are fingers, which are cancelled together; "right" is the mouse with its other button, "barrel" the pen
    with its. Mouse and pen hover while nothing is down. Time is the events' own: it goes on by STEP and by what "wait"
    says, in seconds, however long the test takes.
    """

    def __init__(self, page: Any, selector: str):
        self.box = page.locator(selector).bounding_box()
        self.session = page.context.new_cdp_session(page)
        self.now = page.evaluate("(performance.timeOrigin + performance.now()) / 1000")
        self.fingers: dict[str, dict[str, float]] = {}
        self.held = {"mouse": 0, "pen": 0}  # bits of buttons
        self.places: dict[str, float] = {}

    def play(self, script: str) -> None:
        for step in script.split(", "):
            who, what, *place = step.split()
            if who == "wait":
                self.now += float(what)
                continue
            device = OTHER.get(who, who)
            if place:
                self.places[device] = float(place[0])
            self._press(device, what, 1 + (who in OTHER)) if device in self.held else self._touch(device, what)

    def _at(self, device: str) -> dict[str, float]:
        box = self.box
        return {"x": box["x"] + self.places[device] * box["width"], "y": box["y"] + LANES[device] * box["height"]}

    def _touch(self, finger: str, what: str) -> None:
        points = []  # of touchCancel
        if what == "up":
            points = [self.fingers.pop(finger)]
        elif what == "cancel":
            self.fingers.clear()
        else:
            self.fingers[finger] = {**self._at(finger), "id": int(finger)}
            points = list(self.fingers.values())
        self._send("dispatchTouchEvent", type=TOUCH[what], touchPoints=points)

    def _press(self, device: str, what: str, button: int) -> None:
        self.held[device] ^= 0 if what == "move" else button
        held = self.held[device]
        values = {
            "button": BUTTONS[held if what == "move" else button],
            "buttons": held,
            "clickCount": int(what != "move"),
        }
        self._send("dispatchMouseEvent", type=PRESS[what], pointerType=device, **self._at(device), **values)

    def _send(self, method: str, **values: Any) -> None:
        self.now += STEP
        self.session.send(f"Input.{method}", {**values, "timestamp": self.now})
