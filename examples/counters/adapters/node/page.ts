/** What the page shows. */
export interface View {
  title: string;
  count: number;
  /** Who is signed in. */
  user: string | undefined;
  /** Whether a user's sessions on other devices can be ended: not every store can list them. */
  everywhere: boolean;
}

export function page({ title, count, user, everywhere }: View): string {
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Counter: ${escaped(title)}</title>
  <link rel="icon" href="data:,">
  <style>${style}</style>
  <main>
    <h1>Counter <small>${escaped(title)}</small></h1>
    <p class="count">${count}</p>
    ${form("/add", "Add one")}
    ${user === undefined ? signIn : signedIn(user, everywhere)}
  </main>
</html>
`;
}

const signIn = `<h2>Nobody is signed in</h2>
    <form method="post" action="/sign-in">
      <label>Your name <input name="name" required maxlength="60" autocomplete="username"></label>
      <button>Sign in</button>
    </form>
    <p>A demonstration: any name will do, and there is no password. Ask for one before you call <code>login</code>.</p>`;

function signedIn(user: string, everywhere: boolean): string {
  return `<h2>Signed in as ${escaped(user)}</h2>
    ${form("/sign-out", "Sign out")}
    ${everywhere ? form("/sign-out-everywhere", "Sign out everywhere") : ""}`;
}

function form(action: string, label: string): string {
  return `<form method="post" action="${action}"><button>${label}</button></form>`;
}

/** A name is what a visitor typed: it must not become markup. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `
    :root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif }
    main { max-width: 22rem; margin: 2rem auto; padding: 0 1rem }
    h1 { font-size: 1.5rem } h1 small { font-weight: normal } h2 { font-size: 1.125rem; overflow-wrap: anywhere }
    .count { font-size: 5rem; line-height: 1; margin: 0; font-variant-numeric: tabular-nums }
    form { margin: 1rem 0 } label { display: block; margin-bottom: 0.75rem }
    input, button { font: inherit; box-sizing: border-box; width: 100%; min-height: 3rem; margin-top: 0.25rem; border-radius: 0.5rem }
    input { border: 1px solid GrayText; padding: 0 0.75rem } button { border: 0; background: #1d4ed8; color: #fff; cursor: pointer }
    button:hover { background: #1e40af } :focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px }
  `;
