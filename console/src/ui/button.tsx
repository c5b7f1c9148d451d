import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";
import { Icon, type IconName } from "./icon.tsx";

type Look = "primary" | "plain" | "quiet" | "danger";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className"> {
  look?: Look;
  icon?: IconName;
  /** Under way: it cannot be pressed again, and says so. */
  busy?: boolean;
  small?: boolean;
  children?: ReactNode;
}

const classOf = (look: Look, small: boolean) => `button ${look}${small ? " small" : ""}`;

export function Button({
  look = "plain",
  icon,
  busy = false,
  small = false,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classOf(look, small)}
      disabled={busy || rest.disabled}
      aria-busy={busy || undefined}
    >
      {busy ? <span className="spinner" /> : icon && <Icon name={icon} size={16} />}
      {children}
    </button>
  );
}

interface ButtonLinkProps {
  to: string;
  look?: Look;
  icon?: IconName;
  small?: boolean;
  children: ReactNode;
}

/** A link within the console that looks like a button. */
export function ButtonLink({ to, look = "plain", icon, small = false, children }: ButtonLinkProps) {
  return (
    <Link href={to} className={classOf(look, small)}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </Link>
  );
}

/** A button of an icon alone; `label` is what it says to screen readers and on hover. */
export function IconButton({
  icon,
  label,
  ...rest
}: { icon: IconName; label: string } & Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className">) {
  return (
    <button type="button" {...rest} className="icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}
