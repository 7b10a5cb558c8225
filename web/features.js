// What the net is told at each step: pipeline/net/model.py, WritingNet.step, number for number. When that changes, this
// does.

export const PEN_STATES = 3;

export const featureCount = (model) => 2 + PEN_STATES + (model.position_input ? 4 : 0);

/** What is remembered of a drawing between two steps. */
export const begin = () => ({ x: 0, y: 0, startX: 0, startY: 0, lifted: true });

/** The features of one previous step (dx, dy, pen), in scaled units, into column b of `into`, B columns wide. */
export function features(model, memory, dx, dy, pen, into, b, B) {
  memory.x += dx;
  memory.y += dy;
  if (memory.lifted) {
    memory.startX = memory.x;
    memory.startY = memory.y;
  }
  memory.lifted = pen > 0;
  const values = [dx, dy, +(pen === 0), +(pen === 1), +(pen === 2)];
  if (model.position_input) values.push(memory.x, memory.y, memory.x - memory.startX, memory.y - memory.startY);
  for (let i = 0; i < values.length; i++) into[i * B + b] = values[i];
}
