/** The coverage of an exploration, in honest words. */
import type { Exploration } from './explore';
import type { Setting } from './setting';

export interface CoverageReport {
  readonly setting: Setting;
  readonly deviations: number;
  readonly result: Exploration;
}

/** `2 clients x 2 operations on 3 servers, from an initialised pair`. */
export function describeSetting({ work, servers, staged, system, arbiter }: Setting): string {
  const lengths = new Set(work.map(({ length }) => length));
  const [operations = 0] = lengths;
  const each =
    lengths.size === 1
      ? `${plural(work.length, 'client')} x ${plural(operations, 'operation')}`
      : `${plural(work.length, 'client')} with ${work.map((w) => w.length).join(' and ')} operations`;
  const from = staged ? 'from an initialised pair' : 'from the start';
  const under = arbiter === undefined ? '' : ` under a model of ${arbiter}`;
  const of = system === undefined ? '' : ` of a ${system}`;
  return `${each} on ${plural(servers, 'server')}${of}${under}, ${from}`;
}

export function coverageLine({ setting, deviations, result }: CoverageReport): string {
  const { exhausted, states, stopped, violation, sampled } = result;
  const count = plural(states, 'state');
  if (exhausted >= deviations) {
    const all = `all schedules of ${bound(setting, deviations)}: ${count}, exhaustive`;
    return sampled === 0 ? all : `${all}; beyond that ${plural(sampled, 'sample')}`;
  }
  const reason = violation === null ? (stopped ?? 'it was stopped') : 'the violation was found';
  const next = exhausted + 1;
  const beyond = `those with ${plural(next, 'deviation')} in part: ${count} in all until ${reason}`;
  if (exhausted < 0) return `a part of the fault-free schedule: ${count} until ${reason}`;
  return `all schedules of ${bound(setting, exhausted)}, exhaustive; of ${beyond}`;
}

function bound(setting: Setting, deviations: number): string {
  const of =
    deviations === 0
      ? 'no deviation'
      : `<= ${plural(deviations, 'deviation')}, <= ${setting.crashes} of them a crash`;
  return `${describeSetting(setting)}, with ${of}`;
}

/** The figures of the way there. */
export function figuresLine({ result }: CoverageReport): string {
  const { seconds, cpuSeconds, transitions, handlerExecutions } = result;
  const { peakRssMib, bytesPerState } = result;
  const { statesPerSecond, transitionsPerSecond } = rates(result);
  // Tables have a least size, which says nothing.
  const perState = result.states < 10_000 ? '' : `${bytesPerState} bytes a state in tables, `;
  return (
    `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of them computing, ${number(statesPerSecond)} states/s, ` +
    `${number(transitionsPerSecond)} transitions/s (${number(transitions)} in all), ` +
    `${number(handlerExecutions)} handler executions, ${perState}` +
    `${peakRssMib} MiB at most`
  );
}

export function rates({ states, transitions, seconds }: Exploration) {
  const perSecond = (count: number) => Math.round(count / Math.max(seconds, 0.001));
  return { statesPerSecond: perSecond(states), transitionsPerSecond: perSecond(transitions) };
}

/** The coverage as a program reads it. */
export function coverageJson({ setting, deviations, result }: CoverageReport): object {
  const { states, transitions, handlerExecutions, peakRssMib, exhausted, violation } = result;
  const { work, servers, crashes, staged, seed } = setting;
  return {
    states,
    transitions,
    handlerExecutions,
    ...rates(result),
    bound: { work, servers, deviations, crashes, staged, seed, exhausted },
    exhaustive: exhausted >= deviations,
    samples: result.sampled,
    peakRssMiB: peakRssMib,
    seconds: result.seconds,
    cpuSeconds: result.cpuSeconds,
    stopped: result.stopped,
    notes: result.notes,
    violation:
      violation === null
        ? null
        : {
            kind: violation.failure.kind,
            expected: violation.failure.expected,
            actual: violation.failure.actual,
            schedule: violation.schedule,
          },
  };
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
