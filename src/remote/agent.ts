import type { Duplex } from "node:stream";
import ssh2 from "ssh2";

/**
 * The operator's SSH agent. It may accept a request and never answer: `giveUp` ends all open requests. ssh2 opens a separate
 * connection for the list of keys and for each signature.
 */
export class Agent extends ssh2.OpenSSHAgent {
  readonly #asking = new Set<Duplex>();

  override getStream(callback: (error: Error | undefined, stream: Duplex | undefined) => void): void {
    super.getStream((error, stream) => {
      if (stream) this.#asking.add(stream.once("close", () => this.#asking.delete(stream)));
      callback(error ?? undefined, stream);
    });
  }

  /** Whether a request is still unanswered. */
  get owesAnswer(): boolean {
    return this.#asking.size > 0;
  }

  /** Ends all open requests with an error. */
  giveUp(): void {
    for (const stream of this.#asking) stream.destroy();
  }

  /** The number of its keys, or why it is not known after `within` ms. */
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
