import { inspect } from "node:util";

/**
 * A value that must not be shown. It prints as `***` everywhere; `reveal()` is called only where it is written to a host's
 * stdin, where it is encoded into a file that is itself a Secret, and where a key is used to sign.
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

/** A secret that stays on the machine that has it until it is needed; its digest identifies it. */
export interface KeptSecret {
  /** 64 hex digits, of its bytes. */
  readonly sha256: string;
  /** Name of the machine that has it. */
  readonly from: string;
  /** Fetches it. @throws TripodError E_REFUSED if it has been replaced in the meantime */
  open(): Promise<Secret>;
}

/** The secret itself; fetched if it is on another machine. */
export async function atHand(secret: Secret | KeptSecret): Promise<Secret> {
  return secret instanceof Secret ? secret : secret.open();
}
