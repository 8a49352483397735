import { render } from "../render/render.ts";

/** The unit of an uploaded kubelet; `binary` is its absolute path. */
export function kubeletUnit(binary: string): string {
  return render("kubelet/kubelet.service", { binary });
}

/** The drop-in through which kubeadm passes flags to the kubelet. Belongs to `kubeletUnit`; packages have their own. */
export function kubeletDropIn(binary: string): string {
  return render("kubelet/10-kubeadm.conf", { binary });
}
