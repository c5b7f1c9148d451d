import { useState } from "react";
import { t } from "../../i18n/t.ts";
import { useMeta } from "../../shell/meta.ts";
import { CodeBlock } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { codeOf, LANGUAGES } from "./code.ts";
import type { Asked, PlaygroundProtocol } from "./protocols/protocol.ts";

interface CodeProps {
  protocol: PlaygroundProtocol;
  asked: Asked;
  onClose: () => void;
}

/** The conversation so far as a program. */
export function CodeDialog({ protocol, asked, onClose }: CodeProps) {
  const meta = useMeta();
  const [language, setLanguage] = useState("curl");
  const [known] = LANGUAGES.find(([id]) => id === language) ?? (["curl"] as const);
  return (
    <Dialog kind="wide" title={t("playground.code")} onClose={onClose}>
      <Tabs
        label={t("playground.language")}
        tabs={LANGUAGES.map(([id, label]) => ({ id, label }))}
        chosen={language}
        onChoose={setLanguage}
      >
        <CodeBlock title={protocol.title} code={codeOf(known, { protocol, asked, meta })} />
      </Tabs>
    </Dialog>
  );
}
