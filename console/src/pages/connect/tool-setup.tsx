import { useQuery } from "@tanstack/react-query";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { CodeBlock } from "../../ui/copy.tsx";
import { Loaded } from "../../ui/states.tsx";

interface ToolSetupProps {
  id: string;
  title: string;
  origin: string;
  secret: string | undefined;
}

/** What the gateway itself says of setting a tool up by hand. */
async function loadManual(id: string, secret: string | undefined): Promise<string> {
  const answer = await fetch(`/setup/${id}`, {
    headers: { accept: "text/plain", ...(secret && { authorization: `Bearer ${secret}` }) },
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

function Manual({ id, title, secret }: Omit<ToolSetupProps, "origin">) {
  const { catalogue } = useMeta();
  // An open catalogue is the same for all keys.
  const sent = catalogue === "everybody" ? undefined : secret;
  const manual = useQuery({
    queryKey: ["setup", id, sent],
    queryFn: () => loadManual(id, sent),
    staleTime: 60_000,
  });
  return (
    <Loaded query={manual}>
      {(text) => (
        <CodeBlock
          title={title}
          code={text}
          {...(secret && { copied: text.replaceAll("YOUR_KEY", secret) })}
        />
      )}
    </Loaded>
  );
}

/** A coding agent: the line that sets it up, and what to write by hand instead. */
export function ToolSetup({ id, title, origin, secret }: ToolSetupProps) {
  const { catalogue } = useMeta();
  const shell = `curl -fsSL ${origin}/setup/${id}.sh | sh${secret ? ` -s ${secret}` : ""}`;
  const masked = secret ? shell.replace(secret, `${secret.slice(0, 12)}…`) : shell;
  return (
    <div className="stack">
      <p>{t("connect.tool", { title })}</p>
      <CodeBlock title={t("connect.shell")} code={masked} copied={shell} />
      <CodeBlock title="PowerShell" code={`irm ${origin}/setup/${id}.ps1 | iex`} />
      <p className="hint">{t(secret ? "connect.filled" : "connect.asks")}</p>
      <details className="more">
        <summary>{t("connect.by-hand")}</summary>
        {catalogue === "signed-in" && secret === undefined ? (
          <p className="hint">{t("connect.by-hand.key")}</p>
        ) : (
          <Manual id={id} title={title} secret={secret} />
        )}
      </details>
    </div>
  );
}
