/** Something cannot be declared, changed or removed in the console; the message is all the operator sees. */
export class DeclarationRefused extends Error {
  override readonly name = "DeclarationRefused";
  readonly kind: "not_found" | "conflict" | "invalid";
  /** The field that it is about. */
  readonly field: string | undefined;

  constructor(kind: DeclarationRefused["kind"], message: string, field?: string) {
    super(message);
    this.kind = kind;
    this.field = field === "" ? undefined : field;
  }
}
