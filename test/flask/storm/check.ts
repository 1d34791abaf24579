import type { Content, Ended, Round, Visit } from "./history.ts";
import { isUpdate, Lineage } from "./lineage.ts";

export const RULES = [
  "no two updates of ours follow one version",
  "a missing update was overwritten by Flask",
  "a missing key was overwritten by Flask",
  "what ended stays ended, but for Flask's write-back",
  "data belongs to its user",
  "our side never fails",
] as const;
export type Rule = (typeof RULES)[number];

export interface Findings {
  violations: { rule: Rule; detail: string }[];
  /** Updates of ours that were acknowledged. */
  updates: number;
  /** Those of them that Flask overwrote. */
  overwritten: number;
  /** Keys of ours that Flask brought back to an older value, as a request saw it. */
  setBack: number;
  ends: number;
  /** Ends that no request of Flask's was under way beside, so that nothing but a fault of ours could undo them. */
  quietEnds: number;
  /** Ends that Flask undid, by writing back what it had read before. */
  undone: number;
}

export function check(round: Round): Findings {
  const lineage = new Lineage(round.visits);
  const findings: Findings = {
    violations: [],
    updates: round.visits.filter(isUpdate).length,
    overwritten: 0,
    setBack: 0,
    ends: 0,
    quietEnds: 0,
    undone: 0,
  };
  const violate = (rule: Rule, detail: unknown) => findings.violations.push({ rule, detail: JSON.stringify(detail) });

  for (const visit of round.visits) if (visit.by === "ours" && visit.status >= 409) violate(RULES[5], visit);
  for (const fork of lineage.forksOfOurs()) violate(RULES[0], fork);
  checkUpdates(round, lineage, findings, (visit) => violate(RULES[1], visit));
  checkKeys(round, lineage, findings, (detail) => violate(RULES[2], detail));
  checkEnds(round, lineage, findings, (detail) => violate(RULES[3], detail));
  const contents = round.visits.flatMap(({ found, left }) => [found, left]).concat(round.elsewhere);
  for (const content of contents) if (content !== undefined && !isOfOneUser(content)) violate(RULES[4], content);
  return findings;
}

type Report = (detail: unknown) => void;

function checkUpdates(round: Round, lineage: Lineage, findings: Findings, report: Report): void {
  const last = round.visits.at(-1)?.found;
  if (last === undefined) return;
  const living = lineage.upFrom(last);
  for (const visit of round.visits.filter(isUpdate)) {
    if (living.includes(visit)) continue;
    // Where its branch leaves the living one, Flask's next write there came too late to have read it.
    const fork = living.indexOf(lineage.up(visit).find((one) => living.includes(one)) as Visit);
    const since = fork < 0 ? living : living.slice(0, fork);
    if (since.some(({ by, end }) => by === "flask" && end > visit.start)) findings.overwritten++;
    else report(visit);
  }
}

function checkKeys({ visits }: Round, lineage: Lineage, findings: Findings, report: Report): void {
  const ends = visits.filter(({ ended }) => ended !== undefined);
  for (const look of visits) {
    if (look.found === undefined) continue;
    for (const key of new Set(visits.flatMap(({ kept }) => kept?.key ?? []))) {
      const keeps = visits.filter(({ kept, start }) => kept?.key === key && start < look.end);
      const settled = keeps.findLast(({ end }) => end <= look.start);
      const seen = look.found.data[key];
      if (settled === undefined) continue;
      if (keeps.slice(keeps.indexOf(settled)).some(({ kept }) => kept?.value === seen)) continue;
      const setBack = lineage
        .upFrom(look.found)
        .some(
          ({ by, left, end }) =>
            by === "flask" && end > settled.start && left?.data[key] !== (settled.kept?.value as string),
        );
      // Beside an end, what was to be merged has no session to go to.
      const isDropped = ends.some((end) => overlap(end, settled));
      if (setBack) findings.setBack++;
      else if (!isDropped) report({ settled, look });
    }
  }
}

function checkEnds({ visits }: Round, lineage: Lineage, findings: Findings, report: Report): void {
  for (const end of visits) {
    const { ended } = end;
    if (ended === undefined) continue;
    findings.ends++;
    const beside = visits.filter((visit) => visit !== end && visit.by === "flask" && overlap(visit, end));
    if (beside.length === 0) findings.quietEnds++;
    const revived = visits.filter((look) => look.start >= end.end && isRevived(look.found, ended));
    const untraced = revived.filter((look) => !wroteBack(lineage.upFrom(look.found as Content), end));
    if (untraced.length > 0) report({ end, look: untraced[0] });
    else if (revived.length > 0) findings.undone++;
  }
}

function isRevived(found: Content | undefined, { what, subject }: Ended): boolean {
  return found !== undefined && (what === "session" || found.subject === subject);
}

/** Whether what is there now goes back to a request of Flask's that may have read before the end and written after it. */
function wroteBack(line: Visit[], end: Visit): boolean {
  const last = line.find((visit) => visit.by === "flask" && (visit === end || visit.start < end.end));
  return last !== undefined && last !== end && last.end > end.start;
}

/** Every value of ours begins with the user of the session that it was made for. */
function isOfOneUser({ subject, data }: Content): boolean {
  const { owner, serial, ...keys } = data;
  if (owner === undefined) return true;
  const users = [serial, ...Object.values(keys)].flatMap((value) => /^(user\d+):/.exec(String(value))?.[1] ?? []);
  return users.every((user) => user === owner) && (subject === undefined || subject === owner);
}

function overlap(a: Visit, b: Visit): boolean {
  return a.start < b.end && b.start < a.end;
}
