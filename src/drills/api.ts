import { TripodError } from "../errors.ts";
import { ask, type Door, NoAnswer, type Question } from "./client.ts";

/** A request may take as long as this where it is not a probe, ms. */
const PATIENCE = 15_000;

/** The cluster's API for the drill's own needs: through the VIP, over a fresh connection each. */
export interface Api {
  /**
   * @throws TripodError E_COMMAND where the answer is none of `good` (default: 200–299); E_UNREACHABLE where there is none, or the server
   * says that it cannot answer now (5xx): a condition goes on asking then
   */
  call<T>(question: Question, good?: readonly number[]): Promise<T>;
}

export function apiThrough(door: Door): Api {
  return {
    async call<T>(question: Question, good: readonly number[] = []) {
      const { method = "GET", path } = question;
      const fail = (code: "E_COMMAND" | "E_UNREACHABLE", why: string, cause?: unknown) =>
        new TripodError(code, `${method} ${path} through the VIP ${door.host} failed: ${why}`, { why, cause });
      const { status, body } = await ask(door, question, AbortSignal.timeout(PATIENCE)).catch((error: unknown) => {
        throw error instanceof NoAnswer ? fail("E_UNREACHABLE", error.message, error) : error;
      });
      if ((status >= 200 && status < 300) || good.includes(status)) return JSON.parse(body) as T;
      throw fail(status >= 500 ? "E_UNREACHABLE" : "E_COMMAND", `${status}: ${messageOf(body)}`);
    },
  };
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
