const PATH = "/var/lib/kubelet/pki/kubelet-client-current.pem";

/**
 * A script that prints the client certificate of a kubelet, and nothing where there is none. Its key is in the same file and stays on the
 * host; the output is bounded, because it is input.
 */
export const KUBELET_CERTIFICATE = `sed -n '/BEGIN CERT/,/END CERT/p' ${PATH} 2>/dev/null | head -c 20000`;
