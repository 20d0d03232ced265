/**
 * The process that grades one hand-in after the other for somebody else, each when it is sent a job.
 * It uses one core; many of them use many.
 */
import { messageOf } from '../../../runtime/errors';
import { seedsFrom } from '../jest/settings';
import { ReportFolder } from '../report/report';
import { grade } from './grade';
import type { FromGrader, ToGrader } from './grade-apart';
import { filesOf } from './job';

function say(message: FromGrader): void {
  process.send?.(message);
}

async function serve({ job, traces, isolation }: ToGrader): Promise<FromGrader> {
  const { submission, parts, freshFrom, only, seeds } = job;
  const folder = traces === undefined ? undefined : new ReportFolder(traces);
  let done = -1;
  try {
    const report = await grade({
      ...{ submission, parts, files: filesOf(job), lanes: 1 },
      ...(only && { only }),
      ...(isolation && { isolation }),
      seedsOf: (scenario) => seedsFrom(scenario, freshFrom, seeds),
      onProgress: (report) => {
        done += 1;
        say({ type: 'progress', done, report });
      },
      ...(folder && { onFailure: (id, result) => folder.writeRun(id, result) }),
    });
    const peakMib = Math.round(process.resourceUsage().maxRSS / 1024);
    return { type: 'report', report, peakMib };
  } catch (error) {
    return { type: 'error', message: messageOf(error) };
  }
}

// The one who asked is gone: nobody wants the report. To end in order takes the temporary folders away.
process.on('disconnect', () => process.exit(1));
// In a terminal, Ctrl-C reaches every process; the one who asked ends this one.
process.on('SIGINT', () => undefined);
process.on('message', (message: ToGrader) => void serve(message).then(say));
say({ type: 'ready' });
