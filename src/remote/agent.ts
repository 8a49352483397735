import type { Duplex } from "node:stream";
import ssh2 from "ssh2";

/**
 * The operator's SSH agent. It may accept a question and never answer: who asks gives up when nobody wants to know any more. ssh2 asks
 * for keys and for each signature over a connection of its own.
 */
export class Agent extends ssh2.OpenSSHAgent {
  readonly #asking = new Set<Duplex>();

  override getStream(callback: (error: Error | undefined, stream: Duplex | undefined) => void): void {
    super.getStream((error, stream) => {
      if (stream) this.#asking.add(stream.once("close", () => this.#asking.delete(stream)));
      callback(error ?? undefined, stream);
    });
  }

  /** An answer is still out. */
  get owesAnswer(): boolean {
    return this.#asking.size > 0;
  }

  /** Whoever waits for an answer gets an error. */
  giveUp(): void {
    for (const stream of this.#asking) stream.destroy();
  }

  /** How many keys it holds, or why that is not known within so many ms. */
  countKeys(within: number): Promise<number | Error> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        resolve(new Error(`no answer within ${within / 1000} s`));
        this.giveUp();
      }, within);
      this.getIdentities((error, keys) => {
        clearTimeout(late);
        resolve(error ?? keys?.length ?? 0);
      });
    });
  }
}
