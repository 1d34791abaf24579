/** A point that a handler waits at until the test lets it pass. */
export interface Gate {
  /** Called by the handler: notes that it arrived, and waits. */
  wait(): Promise<void>;
  /** Resolves when the handler has arrived. */
  readonly arrived: Promise<void>;
  /** Lets the handler pass, now or when it comes. */
  open(): void;
}

/** A closed gate. */
export function gate(): Gate {
  const arrival = signal();
  const opening = signal();
  return {
    wait() {
      arrival.give();
      return opening.given;
    },
    arrived: arrival.given,
    open: opening.give,
  };
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
