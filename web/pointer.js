// Which of the pointers on an element draws. One does: the first that comes down keeps the stroke, but a pen takes it from
// a finger. What touches beside a pen or just after it is the palm of the hand that holds it.

const PALM = 700; // milliseconds after a pen touched the page
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

  const drawing = { pointermove: moved, pointerup: () => leave(end), pointercancel: () => leave(drop), lostpointercapture: () => leave(end) };
  element.addEventListener("pointerdown", down);
  for (const [type, told] of Object.entries(drawing))
    element.addEventListener(type, (event) => event.pointerId === drawer?.pointerId && told(event));
  element.addEventListener("contextmenu", (event) => drawer && event.preventDefault()); // of the other button, or a long press

  const touched = (event) => {
    if (event.pointerType === "pen" && (event.type !== "pointermove" || event.buttons)) penned = event.timeStamp;
  };
  for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) addEventListener(type, touched, true);
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
