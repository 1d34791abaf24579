import type { ReactNode } from "react";
import "./style.css";

export const metadata = { title: "Counter: Next.js", icons: "data:," };

export default function Layout({ children }: { children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
