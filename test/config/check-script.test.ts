import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { HAPROXY_HEALTH_PORT } from "../../src/config/haproxy.ts";
import { keepalivedCheck } from "../../src/config/keepalived.ts";
import { testCluster } from "../support/cluster.ts";
import { because, missingPrograms } from "../support/programs.ts";

const GAVE_UP = 28;
const NOBODY_LISTENS = 7;
const REFUSED_BY_STATUS = 22;

/** Exit code of keepalived's check, with this in haproxy's place. */
async function check(health: RequestListener): Promise<number> {
  await using server = createServer(health);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const code = await checkAt((server.address() as AddressInfo).port);
  server.closeAllConnections();
  return code;
}

async function checkAt(port: number): Promise<number> {
  const script = keepalivedCheck(testCluster()).replace(String(HAPROXY_HEALTH_PORT), String(port));
  const [code] = (await once(spawn("sh", ["-c", script], { stdio: "ignore" }), "exit")) as [number];
  return code;
}

const unable = process.getuid?.() === 0 ? missingPrograms("curl", "setpriv") : "needs root, which it drops";

describe.skipIf(unable)(`keepalived's check${because(unable)}`, () => {
  it("passes where haproxy answers", async () => {
    expect(await check((_, response) => response.end("ok"))).toBe(0);
  });

  it("fails where haproxy reports that it is unhealthy", async () => {
    expect(await check((_, response) => response.writeHead(503).end())).toBe(REFUSED_BY_STATUS);
  });

  it("fails where nothing listens", async () => {
    expect(await checkAt(1)).toBe(NOBODY_LISTENS);
  });

  it("gives up by itself on a server that accepts the connection and sends nothing", async () => {
    expect(await check(() => undefined)).toBe(GAVE_UP);
  });

  it("ignores a proxy in the environment", async () => {
    process.env.http_proxy = "http://127.0.0.1:1";
    try {
      expect(await check((_, response) => response.end("ok"))).toBe(0);
    } finally {
      delete process.env.http_proxy;
    }
  });
});
