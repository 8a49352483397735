import { expect, test } from "vitest";
import { unreachable } from "../../src/remote/unreachable.ts";

const message = (code: string, at: string) =>
  unreachable("m1", undefined, at, Object.assign(new Error(code), { code })).message;

test("a name that cannot be resolved is shown without the port, which has nothing to do with it", () => {
  expect(message("ENOTFOUND", "m1.example.org:22")).toBe("unknown host name: m1.example.org");
  expect(message("EAI_AGAIN", "m1.example.org:22")).toBe("could not resolve the host name: m1.example.org");
});

test("an address where nothing listens is shown with the port", () => {
  expect(message("ECONNREFUSED", "10.0.0.11:2222")).toBe("nothing listens at 10.0.0.11:2222");
});
