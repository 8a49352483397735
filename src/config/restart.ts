import { render } from "../render/render.ts";

/** A drop-in for a packaged service that must come back however often it dies: keepalived and haproxy. */
export function restartDropIn(): string {
  return render("systemd/restart.conf", {});
}
