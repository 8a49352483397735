import { expect, test } from "vitest";
import { debianSources, formatSources, parseDeb822, parseOneLine } from "../../src/lab/apt-sources.ts";

const DEB822 = `# Debian
Types: deb deb-src
# http://elsewhere.example/debian
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
  bookworm-backports
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main
`;

const ONE_LINE = `
# deb http://off.example/debian bookworm main
deb cdrom:[Debian GNU/Linux 12]/ bookworm main
deb [signed-by=/etc/apt/keyrings/mirror.gpg trusted=yes] http://mirror.example/debian bookworm main non-free # ours
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian-security stable-security main
deb http://vendor.example/apt bookworm stable
deb http://vendor.example/apt ./
`;

test("the mirrors of a *.sources file are found, without those that are disabled, commented out or source only", () => {
  const sources = parseDeb822(DEB822);
  expect(sources.map(({ uris }) => uris)).toEqual([
    ["http://mirror.example/debian"],
    ["http://mirror.example/debian-security"],
  ]);
  expect(sources[0]?.options).toEqual({ "Signed-By": "/usr/share/keyrings/debian-archive-keyring.gpg" });
});

test("an inline key is kept, line by line", () => {
  expect(formatSources(parseDeb822(DEB822).slice(1))).toBe(
    [
      "Types: deb",
      "URIs: http://mirror.example/debian-security",
      "Suites: bookworm-security",
      "Components: main",
      "Signed-By: ",
      " -----BEGIN PGP PUBLIC KEY BLOCK-----",
      " .",
      " mQINBF",
      " -----END PGP PUBLIC KEY BLOCK-----",
      "",
    ].join("\n"),
  );
});

test("another release comes from the same mirrors, and backports and other components are left out", () => {
  const sources = debianSources(parseDeb822(DEB822), "bookworm", "trixie");
  expect(sources.map(({ suites, components }) => [suites, components])).toEqual([
    [["trixie", "trixie-updates"], ["main"]],
    [["trixie-security"], ["main"]],
  ]);
});

test("a one-line list is read with its options; discs and third-party archives are not mirrors", () => {
  const sources = debianSources(parseOneLine(ONE_LINE), "bookworm", "bookworm");
  expect(sources).toEqual([
    {
      uris: ["http://mirror.example/debian"],
      suites: ["bookworm"],
      components: ["main"],
      options: { "Signed-By": "/etc/apt/keyrings/mirror.gpg", Trusted: "yes" },
    },
    {
      uris: ["http://mirror.example/debian-security"],
      suites: ["bookworm-security"],
      components: ["main"],
      options: {},
    },
  ]);
});

test("source packages use the same entries", () => {
  expect(formatSources(parseOneLine("deb http://mirror.example/debian bookworm main"), "deb deb-src")).toMatch(
    /^Types: deb deb-src\nURIs: /,
  );
});
