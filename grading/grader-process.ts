/**
 * The process that grades one hand-in after the other for somebody else, each when it is sent a job.
 * It uses one core; many of them use many.
 */

import { seedsFrom } from '../labtests/jest/settings';
import { ReportFolder } from '../report/report';
import { messageOf } from '../runtime/errors';
import { keepTemporaryFoldersIn } from '../runtime/temporary-folder';
import { endAtOnce } from '../runtime/terminal/exit';
import { budgetOf, grade } from './grade';
import type { FromGrader, ToGrader, UsedElsewhere } from './grade-apart';
import { filesOfJob } from './job';

function say(message: FromGrader): void {
  process.send?.(message);
}

let budget = budgetOf();
/** How often to tell what is used, in milliseconds. */
const tellMs = 500;

async function serve({ job, traces, isolation, share }: ToGrader): Promise<FromGrader> {
  const { handIn, parts, freshFrom, only, seeds, processorSeconds } = job;
  budget = budgetOf({ processorSeconds, share });
  const telling = setInterval(() => say({ type: 'used', processorMs: budget.usedMs }), tellMs);
  const folder = traces === undefined ? undefined : new ReportFolder(traces);
  let done = -1;
  try {
    const report = await grade({
      ...{ handIn, parts, files: filesOfJob(job), budget },
      ...(only && { only }),
      ...(isolation && { isolation }),
      seedsOf: (scenario) => seedsFrom(scenario, freshFrom, seeds),
      onProgress: (report) => {
        done += 1;
        say({ type: 'progress', done, report });
      },
      ...(folder && {
        onFailure: (scenario, result) => folder.writeRun(scenario.id, result, { scenario }),
      }),
    });
    const peakMib = Math.round(process.resourceUsage().maxRSS / 1024);
    return { type: 'report', report, peakMib };
  } catch (error) {
    return { type: 'error', message: messageOf(error) };
  } finally {
    clearInterval(telling);
  }
}

const [folder] = process.argv.slice(2);
if (folder !== undefined) keepTemporaryFoldersIn(folder);
// The one who asked is gone: nobody wants the report. What is left of it is the warden's business.
process.on('disconnect', () => endAtOnce(1));
// In a terminal, Ctrl-C reaches every process; the one who asked ends this one.
process.on('SIGINT', () => undefined);
process.on('message', (message: ToGrader | UsedElsewhere) => {
  if ('job' in message) void serve(message).then(say);
  else budget.usedElsewhereMs = message.usedElsewhereMs;
});
say({ type: 'ready' });
