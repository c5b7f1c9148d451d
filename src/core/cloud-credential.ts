/** The file of a service account, or that of `gcloud auth application-default login`, as the operator pasted it. */
export function isGoogleFile(credential: string): boolean {
  return credential.trimStart().startsWith("{");
}

/** Where AWS's own addresses of Bedrock name their region. */
const ADDRESS = /^https?:\/\/(bedrock-runtime|bedrock-mantle)(?:-fips)?\.([a-z0-9-]+)\./;

/**
 * The region and the service that a request to Bedrock is signed for. Undefined where the address is none of AWS's
 * own: then only an API key can be sent there.
 */
export function bedrockScope(
  baseUrl: string,
): { readonly region: string; readonly service: string } | undefined {
  const [, service, region] = ADDRESS.exec(baseUrl) ?? [];
  return service && region
    ? { region, service: service === "bedrock-runtime" ? "bedrock" : service }
    : undefined;
}
