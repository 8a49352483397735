import { expect, test } from "vitest";
import { command } from "../../src/resources/command.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";

test("a command that is recommended to be run by hand can be run: none that reads what Tripod sends", async () => {
  const host = scriptedHost({ answer: () => ({ code: 1, stderr: "it broke" }) });
  const alone = await failure(command(host, "systemctl start kubelet"));
  expect(alone.details.hint).toContain("run the command above on the host");
  const fed = await failure(command(host, "kubectl apply -f -", { input: "kind: Secret" }));
  expect(fed.details.hint).not.toContain("on the host to see it fail");
  expect(fed.details.why).toBe("it broke\n\n$ kubectl apply -f -");
});
