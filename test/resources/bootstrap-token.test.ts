import { expect } from "vitest";
import { TOKEN_DESCRIPTION } from "../../src/layout.ts";
import { createBootstrapToken, noBootstrapTokens } from "../../src/resources/bootstrap-token.ts";
import { Secret } from "../../src/secret.ts";
import { recording } from "../support/connections.ts";
import { over } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { failure } from "../support/sshd.ts";
import { layToken, standing } from "../support/standing.ts";
import { changesIn, walk } from "../support/walk.ts";

const token = new Secret("abcdef.0123456789abcdef");

machineStory("tokens of ours are deleted, those of others are left", async (machine) => {
  standing(machine);
  layToken(machine, token, TOKEN_DESCRIPTION);
  layToken(machine, new Secret("fedcba.fedcba9876543210"), "for the new rack");
  const gone = [noBootstrapTokens({ leader: machine.host })];
  expect(changesIn(await walk(machine.host, gone))).toEqual([{ field: "token", from: "abcdef", to: "absent" }]);
  expect((await machine.host.read("ls /fakes/cluster/objects")).stdout).toBe("Secret.bootstrap-token-fedcba\n");
});

machineStory("a token that was laid is found again as ours", async (machine) => {
  standing(machine);
  const wire = recording(machine.connection);
  await createBootstrapToken(over(machine.host, wire), token);
  expect(wire.scripts.join("\n")).not.toMatch(/abcdef|0123456789/);
  expect(machine.read("/fakes/cluster/objects/Secret.bootstrap-token-abcdef")).toContain("0123456789abcdef");
  const gone = [noBootstrapTokens({ leader: machine.host })];
  expect(changesIn(await walk(machine.host, gone, "plan"))).toHaveLength(1);
});

machineStory("an API that does not answer is not taken for one without tokens", async (machine) => {
  standing(machine);
  layToken(machine, token, TOKEN_DESCRIPTION);
  machine.write("/fakes/broken/api", "");
  const gone = [noBootstrapTokens({ leader: machine.host })];
  expect(changesIn(await walk(machine.host, gone, "plan"))).toEqual([
    {
      field: "tokens",
      from: "not known: The connection to the server was refused - did you specify the right host or port?",
      to: "absent",
    },
  ]);
  expect(await failure(walk(machine.host, gone))).toMatchObject({ code: "E_COMMAND" });
});

machineStory("where there is no cluster yet there is no token either", async (machine) => {
  expect(changesIn(await walk(machine.host, [noBootstrapTokens({ leader: machine.host })], "plan"))).toEqual([]);
});
