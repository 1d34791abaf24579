import type { ReactNode } from "react";
import { readSession } from "@/lib/session";

export default async function Page(): Promise<ReactNode> {
  const { data, subject } = await readSession();
  return (
    <main>
      <h1>
        Counter <small>Next.js</small>
      </h1>
      <p className="count">{data.count ?? 0}</p>
      <Submit to="/add" label="Add one" />
      {subject === undefined ? <SignIn /> : <SignedIn user={subject} />}
    </main>
  );
}

function SignIn(): ReactNode {
  return (
    <>
      <h2>Nobody is signed in</h2>
      <form method="post" action="/sign-in">
        <label>
          Your name <input name="name" required maxLength={60} autoComplete="username" />
        </label>
        <button type="submit">Sign in</button>
      </form>
      <p>
        A demonstration: any name will do, and there is no password. Ask for one before you call <code>login</code>.
      </p>
    </>
  );
}

function SignedIn({ user }: { user: string }): ReactNode {
  return (
    <>
      <h2>Signed in as {user}</h2>
      <Submit to="/sign-out" label="Sign out" />
      <Submit to="/sign-out-everywhere" label="Sign out everywhere" />
    </>
  );
}

/** A plain form: it works before, and without, JavaScript. */
function Submit({ to, label }: { to: string; label: string }): ReactNode {
  return (
    <form method="post" action={to}>
      <button type="submit">{label}</button>
    </form>
  );
}
