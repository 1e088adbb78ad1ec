/** The wire format of protocol buffers: numbers and lengths, no names. */
export class ProtobufError extends Error {}

export interface WireField {
  readonly number: number;
  /** A number, or the bytes of a text, a message or a list. */
  readonly value: bigint | Uint8Array | number;
}

const MAX_SHIFT = 63n;

/** The fields of one message in the order in which they were written. Throws ProtobufError. */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift <= MAX_SHIFT; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new ProtobufError('proto: integer overflow');
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new ProtobufError('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0: yield { number, value: varint() }; break;
      case 1: yield { number, value: (take(8), view.getFloat64(at - 8, true)) }; break;
      case 2: yield { number, value: take(Number(varint())) }; break;
      case 5: yield { number, value: (take(4), view.getFloat32(at - 4, true)) }; break;
      default: throw new ProtobufError(`proto: illegal wireType ${tag & 7}`);
    }
  }
}
