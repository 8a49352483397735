import { defineFact } from "./fact.ts";

/** /etc/os-release as an object: `{ ID: "debian", VERSION_ID: "12", … }`. */
export const osRelease = defineFact<Readonly<Record<string, string>>>({
  name: "os-release",
  command: "cat /etc/os-release",
  parse: (stdout) =>
    Object.fromEntries(
      stdout
        .split("\n")
        .map((line) => /^([A-Z_]+)=(.*)$/.exec(line))
        .filter((match) => match !== null)
        .map(([, name = "", value = ""]) => [name, value.replace(/^(["'])(.*)\1$/, "$2")]),
    ),
});
