import { Component, type ReactNode } from "react";
import { api } from "../base/api.ts";
import { t } from "../i18n/t.ts";
import { Failed } from "./states.tsx";
import { toastError } from "./toast.tsx";

interface BoundaryProps {
  /** The address: at another one the page is tried anew. */
  at?: string;
  children: ReactNode;
}

/** Browsers keep that a script could not be loaded, so that only loading all anew tries it again. */
async function reload(): Promise<void> {
  try {
    await api.get("/meta");
    location.reload();
  } catch {
    toastError(t("failed.unreachable"));
  }
}

/** What stands in the place of a page whose script cannot be loaded, or that breaks. React wants a class for it. */
export class Boundary extends Component<BoundaryProps, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidUpdate({ at }: BoundaryProps) {
    if (at !== this.props.at && this.state.broken) this.setState({ broken: false });
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return <Failed text={t("failed.page")} onRetry={() => void reload()} />;
  }
}
