// What a flow finds besides the language itself. There are no timers, no files and no network.
declare const console: Record<"trace" | "debug" | "log" | "info" | "warn" | "error", (...words: unknown[]) => void> & {
  assert(holds: unknown, ...words: unknown[]): void;
};
declare const crypto: { getRandomValues<T extends ArrayBufferView>(array: T): T };
declare class TextEncoder {
  encode(text?: string): Uint8Array;
}
declare class TextDecoder {
  decode(bytes?: Uint8Array | ArrayBuffer): string;
}
