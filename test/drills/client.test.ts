import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  sendRequest,
  type Destination,
  dialFromOperator,
  checkConnection,
  streamRequest,
} from "../../src/drills/client.ts";

const open_: { close(): unknown }[] = [];
afterEach(() => open_.splice(0).map((server) => server.close()));

async function serve(answer: RequestListener): Promise<Destination & { readonly server: Server }> {
  const server = createServer(answer);
  open_.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { dial: dialFromOperator, host: "127.0.0.1", port: (server.address() as AddressInfo).port, server };
}

const soon = () => AbortSignal.timeout(5000);

describe("a client of the drill", () => {
  it("opens a fresh connection for each request, and closes it", async () => {
    let connections = 0;
    const endpoint = await serve((_, response) => response.end("hello"));
    endpoint.server.on("connection", () => connections++);
    for (let n = 0; n < 3; n++)
      expect(await sendRequest(endpoint, { path: "/" }, soon())).toEqual({ status: 200, body: "hello" });
    expect(connections).toBe(3);
  });

  it("sends a body, and accepts an answer of any status", async () => {
    const endpoint = await serve((request, response) => {
      let body = "";
      request.on("data", (text: Buffer) => (body += text.toString()));
      request.on("end", () => response.writeHead(409).end(`${request.method ?? ""} ${body}`));
    });
    expect(await sendRequest(endpoint, { method: "POST", path: "/", body: { a: 1 } }, soon())).toEqual({
      status: 409,
      body: 'POST {"a":1}',
    });
  });

  it("reports a refused connection", async () => {
    const endpoint = await serve(() => undefined);
    await new Promise((resolve) => endpoint.server.close(resolve));
    await expect(sendRequest(endpoint, { path: "/" }, soon())).rejects.toThrow(/^refused$/);
    await expect(checkConnection(endpoint, soon())).rejects.toThrow(/^refused$/);
  });

  it("reports a timeout without an answer in time", async () => {
    const endpoint = await serve(() => undefined);
    await expect(sendRequest(endpoint, { path: "/" }, AbortSignal.timeout(50))).rejects.toThrow(/^timeout$/);
    endpoint.server.closeAllConnections();
  });

  it("reports a reset when the connection ends in the middle of an answer", async () => {
    const endpoint = await serve((_, response) => {
      response.write("half of");
      setImmediate(() => response.socket?.destroy());
    });
    await expect(sendRequest(endpoint, { path: "/" }, soon())).rejects.toThrow(/^reset$/);
  });

  it("reports a reset when the connection is closed before any answer", async () => {
    const server = createTcpServer((socket) => socket.destroy());
    open_.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = { dial: dialFromOperator, host: "127.0.0.1", port: (server.address() as AddressInfo).port };
    await expect(sendRequest(endpoint, { path: "/" }, soon())).rejects.toThrow(/^reset$/);
    await expect(checkConnection(endpoint, soon())).resolves.toBeUndefined();
  });

  it("passes on a long answer piece by piece", async () => {
    const endpoint = await serve((_, response) => {
      response.write("one\n");
      setImmediate(() => response.end("two\n"));
    });
    const pieces: string[] = [];
    expect(await streamRequest(endpoint, { path: "/" }, soon(), (text) => pieces.push(text))).toBe(200);
    expect(pieces.join("")).toBe("one\ntwo\n");
  });
});
