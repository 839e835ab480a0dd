/** A small, whole GGUF file: one metadata string, one list of strings, one F32 tensor of `floats` numbers that `seed` decides. */
export function ggufFile(floats: number, seed = 0): Buffer {
  const header = Buffer.concat([
    Buffer.from("GGUF"),
    u32(3),
    u64(1), // tensors
    u64(3), // metadata entries
    ...[text("general.alignment"), u32(4), u32(32)],
    ...[text("general.architecture"), u32(8), text("none")],
    ...[text("tokens"), u32(9), u32(8), u64(3), text("a"), text("b"), text("ünïcode")],
    ...[text("weights"), u32(1), u64(floats), u32(0), u64(0)],
  ]);
  const padding = Buffer.alloc((32 - (header.length % 32)) % 32);
  return Buffer.concat([header, padding, Buffer.from(Float32Array.from({ length: floats }, (_, i) => i * 1.5 + seed).buffer)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
