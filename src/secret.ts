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

/** A secret that stays on the machine that has it until it is needed; which one it is, its digest says. */
export interface KeptSecret {
  /** 64 hex digits, of its bytes. */
  readonly sha256: string;
  /** Name of the machine that has it. */
  readonly from: string;
  /** Fetches it. @throws TripodError E_REFUSED where it is another one by now */
  open(): Promise<Secret>;
}

/** Opens what may lie elsewhere. */
export async function atHand(secret: Secret | KeptSecret): Promise<Secret> {
  return secret instanceof Secret ? secret : secret.open();
}
