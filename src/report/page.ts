import { createHash } from "node:crypto";
import { type Markup, markup, verbatim } from "./markup.ts";

/** Adds a button that opens and closes all folds. Without the script only this button is missing. */
const SCRIPT = `
for (const head of document.querySelectorAll(".head")) {
  const all = [...head.parentElement.querySelectorAll("details")];
  const button = head.appendChild(document.createElement("button"));
  const name = () => (button.textContent = all.every((one) => one.open) ? "Close all" : "Open all");
  button.onclick = () => {
    const open = !all.every((one) => one.open);
    for (const one of all) one.open = open;
  };
  for (const one of all) one.addEventListener("toggle", name);
  name();
}
`;

/** Pages contain output of hosts: even if it were ever inserted unescaped, the browser would neither run nor load anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";
const FOLDING_POLICY = `${POLICY}; script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;

/** The parts of a page. */
export interface Page {
  readonly title: string;
  readonly style: Markup;
  readonly body: Markup;
  readonly footer: string;
  /** Whether the page has folds. */
  readonly folds: boolean;
}

/**
 * A self-contained page: it needs no other file and no network. Light and dark, on a screen and on paper. It is well-formed XML, so
 * that tests can distinguish markup from text.
 */
export function page({ title, style, body, footer, folds }: Page): string {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${folds ? FOLDING_POLICY : POLICY}"/>
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
<footer>${footer}</footer>
${
  folds &&
  markup`<script>${verbatim(SCRIPT)}</script>
`
}</body>
</html>
`.markup;
}
