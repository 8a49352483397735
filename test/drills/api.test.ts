import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { apiThrough } from "../../src/drills/api.ts";
import { dialFromOperator } from "../../src/drills/client.ts";
import { makeNamespace } from "../../src/drills/workload.ts";

const closing: (() => unknown)[] = [];
afterEach(() => closing.splice(0).map((close) => close()));

async function answering(answer: string, status = 200) {
  const server = createServer((_request, response) => {
    response.writeHead(status).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => (server.closeAllConnections(), server.close()));
  return apiThrough({ dial: dialFromOperator, host: "127.0.0.1", port: (server.address() as AddressInfo).port });
}

it.each(["<html>", "null", "[]", "{}", '{"items":[{}]}', '{"items":[{"metadata":{"name":7}}]}'])(
  "an answer that does not match its schema is an error that names the request: %s",
  async (answer) => {
    await expect(makeNamespace(await answering(answer), "drill")).rejects.toMatchObject({
      code: "E_COMMAND",
      message: expect.stringMatching(
        /^GET \/api\/v1\/namespaces\S+ through the VIP 127\.0\.0\.1 failed: the answer is not valid: ./,
      ) as unknown,
    });
  },
);

it("an error contains the message of the server, in whatever form it comes", async () => {
  const refusals = [
    ['{"message":"no such namespace"}', "no such namespace"],
    ['{"message":7}', '{"message":7}'],
    ["<html>", "<html>"],
  ];
  for (const [answer = "", words = ""] of refusals)
    await expect((await answering(answer, 403)).send({ path: "/" })).rejects.toThrow(`403: ${words}`);
});

it("an endless answer is not read to its end", async () => {
  await expect((await answering("x".repeat(65 << 20))).send({ path: "/" })).rejects.toMatchObject({
    code: "E_UNREACHABLE",
    message: expect.stringContaining("too long") as unknown,
  });
});
