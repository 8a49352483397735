import { type Access, httpsGet, readWhole } from "../https.ts";

/** MiB; a token has a few KiB. */
const LARGEST = 1;

/**
 * A token for reading one repository, without a login, from where a registry's challenge sends its clients:
 * `Bearer realm="https://auth.example/token",service="registry.example",scope="repository:pause:pull"`
 * (https://distribution.github.io/distribution/spec/auth/token/).
 * @throws Error with the reason: the registry wants a login, or its challenge leaves TLS
 */
export async function tokenFor(challenge: string, repository: string, { signal, ca }: Access): Promise<string> {
  if (!/^bearer\s/i.test(challenge)) throw new Error("the registry asks for a login, which Tripod does not have");
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  const realm = parameters.get("realm") ?? "";
  if (!realm.startsWith("https://") || !URL.canParse(realm))
    throw new Error("its tokens do not come from an https:// URL");
  const url = new URL(realm);
  const service = parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", parameters.get("scope") ?? `repository:${repository}:pull`);
  const text = (await readWhole((await httpsGet(url.href, { signal, ca })).body, LARGEST)).toString();
  const token = tokenIn(text);
  if (token === undefined) throw new Error(`${url.origin} gives no token`);
  return token;
}

/** What is sent in a header must not end it. */
function tokenIn(text: string): string | undefined {
  try {
    const answer = JSON.parse(text) as { token?: unknown; access_token?: unknown } | null;
    const token = answer?.token ?? answer?.access_token;
    return typeof token === "string" && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
