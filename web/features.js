// What the net is told at each step: pipeline/net/model.py, WritingNet.step, number for number. When that changes, this
// does.

export const PEN_STATES = 3;
export const END_OF_PART = 2; // the pen's third state

export const featureCount = (model) => 2 + PEN_STATES + (model.position_input ? 4 : 0);

/** What is remembered of a drawing between two steps; stroke and point: of the visit's strokes, and of the stroke's points,
 * the one that comes next. */
export const begin = () => ({ x: 0, y: 0, startX: 0, startY: 0, lifted: true, stroke: 0, point: 0 });

/** The features of one previous step (dx, dy, pen), in scaled units, into column b of `into`, B columns wide. */
export function features(model, memory, dx, dy, pen, into, b, B) {
  memory.x += dx;
  memory.y += dy;
  if (memory.lifted) {
    memory.startX = memory.x;
    memory.startY = memory.y;
  }
  memory.lifted = pen > 0;
  memory.stroke = pen === END_OF_PART ? 0 : memory.stroke + memory.lifted;
  memory.point = memory.lifted ? 0 : memory.point + 1;
  const values = [dx, dy, +(pen === 0), +(pen === 1), +(pen === 2)];
  if (model.position_input) values.push(memory.x, memory.y, memory.x - memory.startX, memory.y - memory.startY);
  for (let i = 0; i < values.length; i++) into[i * B + b] = values[i];
}
