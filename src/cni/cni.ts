/** A pod network Tripod knows by name: a plain description. */
export interface Cni {
  readonly name: string;
  readonly title: string;
}
