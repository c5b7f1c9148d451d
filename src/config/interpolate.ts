const PLACEHOLDER = /\$\$\{|\$\{([^}]*)(\}?)/g;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface Interpolated {
  readonly text: string;
  readonly problems: readonly string[];
}

/**
 * `${NAME}` replaced by the environment's value; `$${` stands for a literal `${`.
 * What is put in is not searched again, so a secret may contain `${`.
 */
export function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): Interpolated {
  if (!text.includes("${")) return { text, problems: [] };
  const problems: string[] = [];
  const replaced = text.replace(PLACEHOLDER, (found: string, name?: string, end?: string) => {
    if (name === undefined) return "${";
    if (end === "" || !VARIABLE.test(name)) {
      problems.push(`only \${NAME} is understood; write $\${ for a literal \${`);
      return "";
    }
    const value = env[name];
    if (value === undefined) {
      problems.push(`environment variable ${name} is not set; set it, or remove ${found}`);
    }
    return value ?? "";
  });
  return { text: replaced, problems };
}
