/** One process of the storm: keeps so many requests in flight, and tells its parent what they did and saw. */
import { clockSince } from "./clock.ts";
import { Recorder } from "./history.ts";
import { Lasting } from "./lasting.ts";
import type { Assignment, FromWorker, Seat, ToWorker } from "./messages.ts";
import { Mortal } from "./mortal.ts";
import { openStore } from "./open-store.ts";
import { Random } from "./random.ts";
import { Seats } from "./seats.ts";
import { Slot } from "./slot.ts";
import { Visitor } from "./visitor.ts";

const { url, worker, slots, seed, epoch, storeTimeout, through }: Assignment = JSON.parse(process.argv[2] ?? "");
const now = clockSince(BigInt(epoch));
const store = await openStore(url, through);
const recorder = new Recorder((batch) => tell({ type: "history", batch }));
let seats = new Seats([]);

process.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "seated":
      for (const seat of message.seats) seats.sit(seat);
      break;
    case "vacant":
      seats.vacate(message.seat);
      break;
    case "phase":
      void runPhase(message);
      break;
    case "end":
      void store.close?.();
      process.disconnect?.();
  }
});
// The parent is gone: then nobody is left to tell.
process.on("disconnect", () => process.exit());
tell({ type: "ready" });

async function runPhase({ phase, index, operations, ...given }: ToWorker & { type: "phase" }): Promise<void> {
  seats = new Seats(given.seats);
  const visitor = new Visitor(store, storeTimeout);
  const news = {
    seated: (seat: Seat) => tell({ type: "seated", seats: [seat] }),
    vacant: ({ seat, token }: Seat) => tell({ type: "vacant", seat, token }),
  };
  const canList = store.list !== undefined;
  const requests =
    phase.kind === "lasting"
      ? new Lasting(given.lasting, index, visitor)
      : new Mortal(phase, index, visitor, seats, news, canList);
  let left = operations;
  const keepBusy = async (place: number) => {
    const number = worker * slots + place;
    const slot = new Slot(number, new Random(seed, index, number), now, recorder);
    while (left-- > 0) await requests.request(slot);
  };
  await Promise.all(Array.from({ length: slots }, (_, place) => keepBusy(place)));
  recorder.flush();
  tell({ type: "done", tally: { operations, retries: visitor.retries, faults: visitor.faults } });
}

function tell(message: FromWorker): void {
  process.send?.(message);
}
