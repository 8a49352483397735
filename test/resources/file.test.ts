import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { editedFile } from "../../src/resources/edited-file.ts";
import { file } from "../../src/resources/file.ts";
import { Secret } from "../../src/secret.ts";
import { machineStory } from "../support/machine-story.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";
import { changesIn, walk } from "../support/walk.ts";
import { impatient } from "../support/working.ts";

const PATH = "/etc/app.conf";

machineStory("a changed file is shown as a unified diff", async (machine) => {
  machine.write(PATH, "one\ntwo\nthree\nfour\nfive\nsix\n");
  const wanted = file({ path: PATH, content: "one\ntwo\nthree\n4\nfive\nsix\n", mode: 0o644 });
  expect(changesIn(await walk(machine.host, [wanted], "plan"))).toEqual([
    {
      field: "content",
      diff: `--- ${PATH}\n+++ ${PATH}\n@@ -2,5 +2,5 @@\n two\n three\n-four\n+4\n five\n six\n`,
    },
  ]);
});

machineStory("a new file is shown as a diff from nothing, with its mode", async (machine) => {
  const wanted = file({ path: PATH, content: "one\n", mode: 0o644 });
  expect(changesIn(await walk(machine.host, [wanted], "plan"))).toEqual([
    { field: "content", diff: `--- /dev/null\n+++ ${PATH}\n@@ -0,0 +1,1 @@\n+one\n` },
    { field: "mode", from: "absent", to: "644 root:root" },
  ]);
});

machineStory("a secret's change is seen, its content is not", async (machine) => {
  machine.write(PATH, "password = old");
  const wanted = file({ path: PATH, content: new Secret("password = new"), mode: 0o644 });
  expect(changesIn(await walk(machine.host, [wanted]))).toEqual([
    { field: "content", from: "*** (different)", to: "***" },
  ]);
  expect(machine.read(PATH)).toBe("password = new");
});

for (const [said, before, mode] of [
  ["others might not read", 0o600, 0o644],
  ["others shall not read", 0o644, 0o640],
] as const)
  machineStory(
    `the text of a file that ${said} is in no record, and is there for whoever asks for it`,
    async (machine) => {
      machine.write(PATH, "password = old\n", before);
      const wanted = file({ path: PATH, content: "password = new\n", mode });
      const [change] = changesIn(await walk(machine.host, [wanted], "plan"));
      expect(JSON.parse(JSON.stringify(change))).toEqual({
        field: "content",
        from: "*** (different)",
        to: "***",
        secret: "***",
      });
      expect(change?.secret?.reveal()).toContain("-password = old\n+password = new\n");
    },
  );

machineStory("a link in the place of a file becomes the file, and what it led to is left alone", async (machine) => {
  machine.write("/etc/theirs.conf", "theirs\n");
  symlinkSync("/etc/theirs.conf", join(machine.root, PATH));
  const wanted = () => [file({ path: PATH, content: "ours\n", mode: 0o644 })];
  await walk(machine.host, wanted());
  expect(machine.read("/etc/theirs.conf")).toBe("theirs\n");
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([]);
});

machineStory("an owner that the host does not have is named", async (machine) => {
  const error = await failure(walk(machine.host, [file({ path: PATH, content: "", mode: 0o644, owner: "etcd" })]));
  expect(error).toMatchObject({ code: "E_COMMAND", details: { host: "m1" } });
  expect(error.details.why).toContain("invalid user");
});

test("content that only an apply can know is a change in a plan, and a bug in an apply", async () => {
  const inspection = await file({ path: PATH, content: undefined, mode: 0o644 }).inspect(
    scriptedHost({ answer: () => "" }),
    impatient,
  );
  expect(inspection.changes(new Set())[0]).toEqual({ field: "content", from: "absent", to: "(known after apply)" });
  await expect((async () => inspection.apply())()).rejects.toMatchObject({ code: "E_INTERNAL" });
});

machineStory("of a file of others only our part is changed; its mode is kept", async (machine) => {
  machine.write(PATH, "theirs\n", 0o640);
  const wanted = () => [editedFile({ path: PATH, edit: (text) => `${text.replace(/ours\n/, "")}ours\n` })];
  expect(changesIn(await walk(machine.host, wanted()))[0]?.secret?.reveal()).toContain("\n theirs\n+ours\n");
  expect((await machine.host.read(`stat -c %a ${PATH}; cat ${PATH}`)).stdout).toBe("640\ntheirs\nours\n");
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([]);
});

machineStory("a file of others that is not there yet is made", async (machine) => {
  await walk(machine.host, [editedFile({ path: PATH, edit: () => "ours\n" })]);
  expect((await machine.host.read(`stat -c %a ${PATH}; cat ${PATH}`)).stdout).toBe("644\nours\n");
});
