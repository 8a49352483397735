import { expect, test } from "vitest";
import { configuration } from "../../src/vagrant/box.ts";
import { labScript } from "../../src/lab/scripts.ts";
import { expectGolden } from "../support/golden.ts";
import { run } from "../support/programs.ts";

const panic = { source: "usr/share/lxc-kernel/sys.kernel.panic", target: "proc/sys/kernel/panic" };

test("the box's part of a container's configuration: the machine's modules, and copies of what the kubelet writes", () => {
  expectGolden("vagrant/lxc-config", configuration("/usr/lib/modules", [panic]));
});

test("on a kernel without a folder of modules none is mounted", () => {
  expect(configuration(undefined, [])).not.toContain("usr/lib/modules");
});

test("the script that finishes the box is valid for sh", () => {
  expect(run("sh", "-n", labScript("finish-box.sh"))).toEqual({ code: 0, said: "" });
});
