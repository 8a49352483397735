import { inspect } from "node:util";

/**
 * A value that must not be seen. It prints as `***` everywhere; `reveal()` is called where it is written to a host's
 * stdin, where it is encoded into a file that is itself a Secret, and where a key is opened to sign — nowhere else.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [inspect.custom](): string {
    return "***";
  }
}
