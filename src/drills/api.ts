import { z } from "zod";
import { TripodError } from "../errors.ts";
import { sendRequest, type Destination, NoAnswer, type HttpRequest } from "./client.ts";

/** Timeout of a request that is no probe, ms. */
const PATIENCE = 15_000;

/**
 * The cluster's API for the drill's own needs: through the VIP, over a fresh connection for each request. Both throw TripodError E_COMMAND
 * where the status is neither 200–299 nor in `good`, or the answer does not match its schema; E_UNREACHABLE where there is no answer, or the
 * server cannot answer now (5xx): a condition then asks again.
 */
export interface Api {
  get<T>(request: HttpRequest, form: z.ZodType<T>, good?: readonly number[]): Promise<T>;
  /** Ignores the body of the answer. */
  send(request: HttpRequest, good?: readonly number[]): Promise<void>;
}

export function apiThrough(endpoint: Destination): Api {
  const failure = (
    { method = "GET", path }: HttpRequest,
    code: "E_COMMAND" | "E_UNREACHABLE",
    why: string,
    cause?: unknown,
  ) => new TripodError(code, `${method} ${path} through the VIP ${endpoint.host} failed: ${why}`, { why, cause });

  async function call(request: HttpRequest, good: readonly number[] = []): Promise<string> {
    const { status, body } = await sendRequest(endpoint, request, AbortSignal.timeout(PATIENCE)).catch(
      (error: unknown) => {
        throw error instanceof NoAnswer ? failure(request, "E_UNREACHABLE", error.message, error) : error;
      },
    );
    if ((status >= 200 && status < 300) || good.includes(status)) return body;
    throw failure(request, status >= 500 ? "E_UNREACHABLE" : "E_COMMAND", `${status}: ${messageOf(body)}`);
  }

  return {
    async get<T>(request: HttpRequest, form: z.ZodType<T>, good?: readonly number[]) {
      const answer = form.safeParse(json(await call(request, good)));
      if (answer.success) return answer.data;
      throw failure(request, "E_COMMAND", `the answer is not valid: ${z.prettifyError(answer.error)}`);
    },
    async send(request, good) {
      await call(request, good);
    },
  };
}

/** Undefined where the text is not JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const status = z.object({ message: z.string() });

function messageOf(body: string): string {
  return status.safeParse(json(body)).data?.message ?? body;
}
