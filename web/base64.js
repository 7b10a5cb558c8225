export function bytes(text) {
  const binary = atob(text);
  const array = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) array[i] = binary.charCodeAt(i);
  return array;
}

/** Little-endian whole numbers of 8 or 16 bits with a sign. */
export function whole(text, bits) {
  const raw = bytes(text), view = new DataView(raw.buffer);
  return bits === 8 ? new Int8Array(raw.buffer) : Int16Array.from({ length: raw.length / 2 }, (_, i) => view.getInt16(2 * i, true));
}

/** Little-endian float32 numbers. */
export function floats(text) {
  const raw = bytes(text), view = new DataView(raw.buffer);
  return Float32Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
