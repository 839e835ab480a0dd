import type { Library } from "./library.js";
import type { Pointer } from "./structs.js";

/** Text to token ids and back, as the model file says. */
export interface Tokenizer {
  /** How many tokens there are. */
  readonly size: number;
  /** Beginning-of-sequence token that the model wants before every text; undefined when it wants none. */
  readonly bos?: number;
  readonly eos?: number;
  /** A token that ends generation: EOS, else another; undefined where none does. */
  readonly end?: number;
  /**
   * Token ids of a text; no BOS is added.
   * @param special control strings such as `<|im_start|>` become special tokens. Only for text that a chat template wrote, never for
   * a user's, a document's or a tool's. Default false: they are spelled out as ordinary characters.
   */
  encode(text: string, special?: boolean): number[];
  /** The bytes that a token stands for; none for control tokens. They need not be whole characters. */
  bytes(token: number): Uint8Array;
  decode(tokens: Iterable<number>): string;
  /** Where each token begins in the decoded text, in UTF-16 units; one that begins inside a character begins where that does. */
  offsets(tokens: Iterable<number>): number[];
  /** Ends generation: end of text, end of turn. */
  isEnd(token: number): boolean;
  isControl(token: number): boolean;
  /** The token's name in the vocabulary, for people. */
  name(token: number): string;
}

export function createTokenizer(lib: Library, vocab: Pointer, metadata: (key: string) => string | undefined): Tokenizer {
  const size = lib.vocab_n_tokens(vocab);
  const pieces: (Uint8Array | undefined)[] = new Array(size);
  let scratch = new Uint8Array(256);
  const tokenize = (text: string, special: boolean): number[] => {
    const bytes = Buffer.from(text, "utf8");
    const out = new Int32Array(bytes.length + 8);
    const count = lib.tokenize(vocab, bytes, bytes.length, out, out.length, false, special);
    if (count < 0) throw new Error(`llama_tokenize needs room for ${-count} tokens of ${bytes.length} bytes`);
    return Array.from(out.subarray(0, count));
  };
  // SentencePiece vocabularies put a space before every text; in the middle of one it does not belong there. A text that begins
  // with a line feed keeps it apart, so that it can be cut off again (llama-vocab.cpp, LLAMA_VOCAB_TYPE_SPM).
  const spacePrefix = metadata("tokenizer.ggml.model") === "llama" && metadata("tokenizer.ggml.add_space_prefix") !== "false";
  const lineFeed = spacePrefix ? tokenize("\n", false).length : 0;

  const tokenizer: Tokenizer = {
    size,
    bos: lib.vocab_get_add_bos(vocab) ? lib.vocab_bos(vocab) : undefined,
    eos: lib.vocab_eos(vocab) < 0 ? undefined : lib.vocab_eos(vocab),
    get end() {
      let token = tokenizer.eos ?? 0;
      while (token < size && !lib.vocab_is_eog(vocab, token)) token++;
      return token < size ? token : undefined;
    },
    encode(text, special = false) {
      if (text === "") return [];
      return spacePrefix ? tokenize(`\n${text}`, special).slice(lineFeed) : tokenize(text, special);
    },
    bytes(token) {
      let piece = pieces[token];
      if (piece === undefined) {
        if (!(token >= 0 && token < size)) throw new RangeError(`no token ${token} in a vocabulary of ${size}`);
        let length = lib.token_to_piece(vocab, token, scratch, scratch.length, 0, false);
        if (length < 0) {
          scratch = new Uint8Array(-length);
          length = lib.token_to_piece(vocab, token, scratch, scratch.length, 0, false);
        }
        piece = pieces[token] = scratch.slice(0, length);
      }
      return piece;
    },
    decode(tokens) {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      let text = "";
      for (const token of tokens) text += decoder.decode(tokenizer.bytes(token), { stream: true });
      return text + decoder.decode();
    },
    offsets(tokens) {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      const offsets: number[] = [];
      let length = 0;
      for (const token of tokens) {
        offsets.push(length);
        length += decoder.decode(tokenizer.bytes(token), { stream: true }).length;
      }
      return offsets;
    },
    isEnd: (token) => lib.vocab_is_eog(vocab, token),
    isControl: (token) => lib.vocab_is_control(vocab, token),
    name: (token) => lib.vocab_get_text(vocab, token),
  };
  return tokenizer;
}
