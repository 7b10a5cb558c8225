// Which of the pointers on an element draws. One does: the first that comes down keeps the stroke, but a pen takes it
// from a finger. What touches beside a pen or just after it is the palm of the hand that holds it.

const PALM = 700; // milliseconds after a pen touched the page
const CONTACT = ["pointerdown", "pointermove", "pointerup", "pointercancel"];
const MAIN = 1; // the bit in event.buttons of the left button, a finger, the tip of a pen

/** Of one stroke after another begin(event), move(events) and end() are told; drop(), where it turns out to be none. */
export function follow(element, { begin, move, end, drop }) {
  let drawer = null; // the event with which the stroke began
  let penned = -Infinity; // when a pen last touched
  const leave = (told) => ((drawer = null), told());

  function down(event) {
    if (event.button || !mayDraw(event)) return;
    if (drawer) leave(drawer.pointerId === event.pointerId ? end : drop);
    drawer = event;
    capture(element, event.pointerId);
    begin(event);
  }

  function mayDraw({ pointerType, pointerId, timeStamp }) {
    if (pointerType === "touch" && timeStamp - penned < PALM) return false;
    if (!drawer) return true;
    const again = pointerId === drawer.pointerId; // it was lifted where nobody told
    return again || (pointerType === "pen" && drawer.pointerType === "touch");
  }

  function moved(event) {
    if (lifted(event)) return leave(end);
    const events = event.getCoalescedEvents?.() ?? [];
    move(events.length ? events : [event]);
  }

  function notePen({ pointerType, type, buttons, timeStamp }) {
    if (pointerType === "pen" && (type !== "pointermove" || buttons)) penned = timeStamp;
  }

  const mine = (told) => (event) => event.pointerId === drawer?.pointerId && told(event);
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", mine(moved));
  element.addEventListener("pointerup", mine(() => leave(end)));
  element.addEventListener("pointercancel", mine(() => leave(drop)));
  element.addEventListener("lostpointercapture", mine(() => leave(end)));
  element.addEventListener("contextmenu", (event) => drawer && event.preventDefault()); // it would take the pointer
  for (const type of CONTACT) addEventListener(type, notePen, true);
}

/** While another button is held, the main one comes up with a move; and an `up` outside the window may be missed. */
const lifted = ({ buttons, button }) => (buttons ? !(buttons & MAIN) : button < 0);

function capture(element, pointerId) {
  try {
    element.setPointerCapture(pointerId);
  } catch {
    // it is gone already
  }
}
